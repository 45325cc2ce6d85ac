import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entries } from '../../infra/bundle.ts';

const files = globSync('{agent,lib,functions,infra}/**/*.ts').sort();
const source = (file: string) => readFileSync(file, 'utf8');

/** What a file imports: packages by name, own files by path from the root. */
function importsOf(file: string): string[] {
  const pattern =
    /^(?:import|export)\b[^'"]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]/gm;
  return [...source(file).matchAll(pattern)].map(([, from, dynamic, bare]) => {
    const name = from ?? dynamic ?? bare ?? '';
    return name.startsWith('.') ? normalize(join(dirname(file), name)) : name;
  });
}

const isPackage = (name: string) =>
  !/^(agent|lib|functions|infra|docs|test|bench)\//.test(name) && !name.startsWith('node:');
const folder = (file: string) => file.split('/').slice(0, 2).join('/');
const offences = (chosen: (file: string) => boolean, forbidden: (name: string, file: string) => boolean) =>
  files.filter(chosen).flatMap((file) =>
    importsOf(file)
      .filter((name) => forbidden(name, file))
      .map((name) => `${file} → ${name}`),
  );

const inKit = (file: string) => file.startsWith('lib/kit/');
const inAws = (file: string) => file.startsWith('lib/aws/');
const inCore = (file: string) => file.startsWith('lib/') && !inKit(file) && !inAws(file);
const effects = /^(@aws-sdk\/|@smithy\/|@middy\/|@aws-lambda-powertools\/|jose$)/;

describe('arrows', () => {
  it('point at files that exist', () => {
    expect(
      offences(
        () => true,
        (name) => /^(agent|lib|functions|infra|docs)\//.test(name) && !existsSync(name),
      ),
    ).toEqual([]);
  });

  it('from lib/kit lead to lib/kit, zod and pure packages only', () => {
    const pure = ['zod', 'ulid'];
    const allowed = (name: string) =>
      inKit(name) || pure.includes(name) || ['node:crypto', 'node:url'].includes(name);
    expect(offences(inKit, (name) => !allowed(name))).toEqual([]);
  });

  it('from a core lead to the kit, to itself, and to events of others; a request is a purchase of the catalogue in credits, what probes find and what machines are is licensed', () => {
    const purchase = (name: string, file: string) =>
      folder(file) === 'lib/requests' && ['lib/catalog', 'lib/credits'].includes(folder(name));
    const licensed = (name: string, file: string) =>
      ['lib/probes', 'lib/endpoints'].includes(folder(file)) && folder(name) === 'lib/licensing';
    const leaves = (name: string, file: string) =>
      name.startsWith('lib/') &&
      !inKit(name) &&
      folder(name) !== folder(file) &&
      !purchase(name, file) &&
      !licensed(name, file) &&
      !/^lib\/[a-z]+\/events\.ts$/.test(name) &&
      !(
        ['lib/aws/db.ts', 'lib/aws/vouch.ts', 'lib/aws/vouch-rows.ts'].includes(name) &&
        /\/(?:[a-z]+-)?store\.ts$/.test(file)
      );
    expect(offences(inCore, leaves)).toEqual([]);
    expect(offences(inCore, (name) => /^(functions|infra|test)\//.test(name))).toEqual([]);
  });

  it('from a function lead to the core of its own context; what it takes of others is named here', () => {
    const named: Readonly<Record<string, readonly string[]>> = {
      // A file of rows, settled in the background as an import of the directory is.
      catalog: ['chunk', 'file', 'import-store', 'operation', 'problems', 'row', 'settlement'].map(
        (one) => `directory/${one}.ts`,
      ),
      // A customer is deleted with all that it has, and its administrators are users of it.
      customers: ['credits/', 'services/', 'users/'],
      // What probes find is licensed; an overview tells the balance as well.
      probes: ['licensing/', 'credits/'],
      // Importing links a customer to its partner's tree; adding one in order gives it its first licences; removing one
      // settles what it has, and shuts out the probes and packages of the partner.
      access: ['customers/', 'licensing/', 'credits/', 'probes/', 'endpoints/'],
      // The reconciler compares what others keep.
      platform: ['credits/entry', 'credits/link', 'licensing/lent', 'notifications/notice'].map(
        (one) => `${one}.ts`,
      ),
      // A request is a purchase.
      requests: ['catalog/', 'credits/'],
      // Whom the mail of an import goes to, and its token, which stands nowhere but in that mail.
      notifications: ['invitation', 'invitation-store', 'import-words'].map((one) => `access/${one}.ts`),
    };
    const inFunction = (file: string) => file.startsWith('functions/') && file.split('/').length === 3;
    const own = (file: string) => file.split('/')[1] ?? '';
    const strays = (name: string, file: string) =>
      name.startsWith('lib/') &&
      !inKit(name) &&
      !inAws(name) &&
      own(name) !== own(file) &&
      !name.endsWith('/events.ts') &&
      !named[own(file)]?.some((edge) => name.startsWith(`lib/${edge}`));
    expect(offences(inFunction, strays)).toEqual([]);
  });

  it('lead to what another context keeps through its own store: probes read no ledger and no move', () => {
    const foreign = /'ENTRY'|entryKey\(|below-0|fromId/;
    const probes = files.filter((file) => folder(file) === 'lib/probes');
    expect(probes.filter((file) => foreign.test(source(file)))).toEqual([]);
  });

  it('to the rights of a function itself start in lib/aws: everything else asks in the session of a tenant', () => {
    const doors = ['lib/aws/tenant-session.ts', 'lib/aws/assume.ts'];
    expect(
      offences(
        (file) => !inAws(file) && !file.startsWith('test/'),
        (name) => doors.includes(name),
      ),
    ).toEqual([]);
  });

  it('to the SDK, middy, Powertools and jose start in lib/aws', () => {
    const shipped = (file: string) => !file.startsWith('infra/local/') && !inAws(file);
    expect(offences(shipped, (name) => effects.test(name))).toEqual([]);
  });

  it('to the CDK start in infra', () => {
    const cdk = /^(aws-cdk-lib|cdk-nag|constructs)(\/|$)/;
    expect(
      offences(
        (file) => !file.startsWith('infra/'),
        (name) => cdk.test(name),
      ),
    ).toEqual([]);
  });

  it('never lead from what is deployed to infra, tests or development packages', () => {
    const { devDependencies, dependencies } = JSON.parse(source('package.json'));
    const deployed = (file: string) => !file.startsWith('infra/');
    expect(offences(deployed, (name) => /^(infra|test|bench)\//.test(name))).toEqual([]);
    const nameOf = (name: string) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/');
    const types = (name: string) => nameOf(name) === 'aws-lambda' && '@types/aws-lambda' in devDependencies;
    const undeclared = (name: string) => isPackage(name) && !(nameOf(name) in dependencies) && !types(name);
    expect(offences(deployed, undeclared)).toEqual([]);
  });

  it('join the agent with nothing but Node and csv-parse: it speaks by the protocol alone', () => {
    const atSite = (file: string) => file.startsWith('infra/agent/');
    const own = (name: string) => atSite(name) || name.startsWith('node:') || name.startsWith('csv-parse');
    expect(offences(atSite, (name) => !own(name))).toEqual([]);
    expect(offences((file) => !atSite(file), atSite)).toEqual([]);
  });

  it('never lead from one function folder into another', () => {
    const unit = (file: string) => file.startsWith('functions/') && file.split('/').length === 3;
    const strays = (name: string, file: string) =>
      name.startsWith('functions/') && folder(name) !== folder(file) && name !== 'functions/contexts.ts';
    expect(offences(unit, strays)).toEqual([]);
  });
});

describe('importing a file has no effect', () => {
  const isEntry = (file: string) => Object.values(entries()).includes(file);
  const declares =
    /^(import|export|const|let|type|interface|function|async function|class|declare|abstract class|[)}\]>]|\/\/|\/\*|\*|\s|$)/;
  const effect = /^(?:export )?(?:const|let) [^=]*= (?:await |new )/;
  const allowed =
    /= new (?:AsyncLocalStorage|Set|Map|WeakMap|RegExp|TextEncoder|TextDecoder|Intl\.[A-Za-z]+)\b/;

  const unmarked = (text: string) =>
    text.replace(/`(?:\\.|[^`\\])*`/g, '``').replace(/\/\*[\s\S]*?\*\//g, '');

  it.each(files.filter((file) => /^(lib|functions)\//.test(file) && !isEntry(file)))('%s', (file) => {
    const lines = unmarked(source(file)).split('\n');
    expect(lines.filter((text) => !declares.test(text))).toEqual([]);
    expect(lines.filter((text) => effect.test(text) && !allowed.test(text))).toEqual([]);
  });
});
