import type { Built, Bundles } from './bundles.ts';
import { type Measured, ratiosOf, rotate, run, type Spread, spreadOf } from './measure.ts';
import { type Peer, startPostgres, startRedis } from './peers/servers.ts';
import type { Staged } from './stage.ts';

export interface Warm {
  readonly name: string;
  readonly cpuMicros: Spread;
  readonly perSecond: Spread;
  /** Ours ÷ this one, round by round. */
  readonly ourCpu: Spread;
  readonly ourPerSecond: Spread;
}

/** A peer that was not measured, and why. */
export interface Missing {
  readonly name: string;
  readonly why: string;
}

interface Kind {
  readonly name: string;
  readonly built: Built;
  readonly env?: Readonly<Record<string, string>>;
}

const requests = { warmUp: 500, measured: 1000 };

/** Processor time of a debit once everything is compiled, and debits one after the other; the kinds, all or those named, take turns. */
export async function measureWarm(
  built: Bundles,
  stage: Staged,
  rounds: number,
  only?: readonly string[],
): Promise<{ kinds: Warm[]; missing: Missing[]; versions: Record<string, string> }> {
  const peers: [string, Built, Peer][] = only
    ? []
    : [
        ['PostgreSQL, one statement', built.postgres, await startPostgres()],
        ['Redis, Lua, kept in memory', built.redis, await startRedis(false)],
        ['Redis, Lua, flushed before each answer', built.redis, await startRedis(true)],
      ];
  try {
    const credits = built.apis.find(({ name }) => name === 'credits');
    if (!credits) throw new Error('There is no API of credits');
    const ours: Kind = { name: 'ours', built: credits };
    const all: Kind[] = [
      ours,
      { name: 'documented stack', built: built.documented },
      { name: 'bare SDK, the same calls', built: built.bareCalls },
      { name: 'bare SDK, one call', built: built.bare },
      ...peers.flatMap(([name, built, peer]) =>
        typeof peer === 'string' ? [] : [{ name, built, env: peer.env }],
      ),
    ];
    const kinds = all.filter(({ name }) => !only || only.includes(name));
    const results = new Map<Kind, Measured[]>(kinds.map((kind) => [kind, []]));
    for (let round = 0; round < rounds; round++) {
      for (const kind of rotate(kinds, round)) {
        const options = { ...requests, ...(kind.env ? { env: kind.env } : {}) };
        results.get(kind)?.push(await run(kind.built.file, stage.events.credits ?? {}, options));
      }
    }
    const values = (kind: Kind, what: keyof Measured) => (results.get(kind) ?? []).map((one) => one[what]);
    const against = (kind: Kind, what: keyof Measured) => ratiosOf(values(ours, what), values(kind, what));
    return {
      kinds: kinds.map((kind) => ({
        name: kind.name,
        cpuMicros: spreadOf(values(kind, 'cpuMicros')),
        perSecond: spreadOf(values(kind, 'perSecond')),
        ourCpu: against(kind, 'cpuMicros'),
        ourPerSecond: against(kind, 'perSecond'),
      })),
      missing: peers.flatMap(([name, , peer]) => (typeof peer === 'string' ? [{ name, why: peer }] : [])),
      versions: Object.fromEntries(
        peers.flatMap(([name, , peer]) =>
          typeof peer === 'string' ? [] : [[name.split(',')[0] ?? name, peer.version]],
        ),
      ),
    };
  } finally {
    for (const [, , peer] of peers) if (typeof peer !== 'string') await peer.stop();
  }
}
