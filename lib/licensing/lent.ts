import { drawn, type Meter, reserved } from './meter.ts';

type Stored = Readonly<Record<string, unknown>>;

/** What a pool lends by a customer's meter, both as stored: what its limit reserves, and what it uses beyond. */
export function lentTo(item: Stored): { allocated: number; shared: number } {
  const meter = { ...item, used: Number(item.used), limit: item.limit ?? null } as unknown as Meter;
  return { allocated: reserved(meter), shared: drawn(meter) };
}

/** What is wrong with a pool as it is stored, whatever its customers have. */
export function poolFaults(item: Stored): string[] {
  const { licensed, free = 0, allocated = 0, shared = 0 } = item as Readonly<Record<string, number>>;
  return [
    ...(free < 0 ? [`it lends ${-free} licences more than it has`] : []),
    ...(licensed === free + allocated + shared ? [] : ['licensed is not what is free, allocated and shared']),
  ];
}
