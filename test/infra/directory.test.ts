import { describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { localDirectory } from '../../infra/local/assembly.ts';
import { ofType, properties, wired } from '../kit/synth.ts';

const chosen = contexts.filter(({ name }) => name === 'provisioning' || name === 'platform');
const variables = (template: ReturnType<typeof wired>) =>
  ofType(template, 'AWS::Lambda::Function').map(([id, { Properties }]) => ({
    id,
    inNetwork: Properties.VpcConfig !== undefined,
    names: Object.keys(Properties.Environment?.Variables ?? {}).filter((one) => one.startsWith('DIRECTORY_')),
  }));

describe('a deployment', () => {
  it('without a directory has nothing of it', () => {
    const template = wired(chosen);
    for (const { names, inNetwork } of variables(template))
      expect({ names, inNetwork }).toEqual({ names: [], inNetwork: false });
    expect(ofType(template, 'AWS::EC2::SecurityGroup')).toEqual([]);
  });

  it('with a directory puts the engine, and nothing else, into its network', () => {
    const template = wired(chosen, { directory: localDirectory });
    const found = variables(template);
    const inside = found.filter(({ inNetwork }) => inNetwork);
    expect(inside.map(({ id }) => id)).toEqual([expect.stringMatching(/^ProvisioningReactions/)]);
    expect(inside[0]?.names.sort()).toEqual(['DIRECTORY_BASE_DN', 'DIRECTORY_SECRET_ARN', 'DIRECTORY_URL']);
    const named = found.filter(({ names, inNetwork }) => names.length > 0 && !inNetwork);
    expect(named).toEqual([
      { id: expect.stringMatching(/^ProvisioningApi/), inNetwork: false, names: ['DIRECTORY_BASE_DN'] },
    ]);
  });

  it('keeps the password out of the template', () => {
    const template = wired(chosen, { directory: localDirectory });
    const names = [...properties(template.Resources)].map(([name]) => name);
    expect(names).not.toContain('SecretString');
  });
});
