interface Probe {
  up: boolean;
  seen: number;
  told: boolean;
  outages: number;
  /** Since when an untold outage could be told. */
  tellable: number | undefined;
  readonly said: ('down' | 'back')[];
}

const silenceMs = 180_000;
const patienceMs = 300_000;

/**
 * What is to be told of a customer's probes, by the words of the rules and from nothing that is stored: looks at whole
 * minutes see every silence of three minutes. Where the rules leave a choice it follows what happened, if they allow it.
 */
export class Expected {
  untold = 0;
  private readonly probes: Probe[];
  private readonly windows: { who: number | null; from: number; to: number }[] = [];

  constructor(count: number, now: number) {
    this.probes = Array.from({ length: count }, () => ({
      ...{ up: true, seen: now, told: false, outages: 0, tellable: undefined },
      said: [],
    }));
  }

  private one(who: number): Probe {
    const found = this.probes[who];
    if (!found) throw new Error(`There is no probe ${who}`);
    return found;
  }

  private isQuiet = (who: number, now: number) =>
    this.windows.some((one) => (one.who === null || one.who === who) && one.from <= now && now < one.to);

  plan(who: number | null, now: number, seconds: number): void {
    this.windows.push({ who, from: now, to: now + seconds * 1000 });
  }

  takeBack(): void {
    this.windows.pop();
  }

  beat(who: number, now: number): void {
    const probe = this.one(who);
    if (!probe.up && probe.told) probe.said.push('back');
    Object.assign(probe, { up: true, seen: now, told: false, tellable: undefined });
  }

  /** A beat and a look at the same time: whichever comes first. */
  race(who: number, now: number, outages: number): void {
    for (const [index] of this.probes.entries()) if (index !== who) this.fall(index, now);
    const probe = this.one(who);
    const lost = outages > probe.outages;
    if (lost && !(probe.up && now - probe.seen >= silenceMs)) throw new Error(`Probe ${who} was not late`);
    if (lost) this.fall(who, now);
    this.beat(who, now);
  }

  private fall(who: number, now: number): void {
    const probe = this.one(who);
    if (!probe.up || now - probe.seen < silenceMs) return;
    const told = !this.isQuiet(who, now);
    Object.assign(probe, { up: false, told, outages: probe.outages + 1, tellable: undefined });
    if (told) probe.said.push('down');
    else this.untold++;
  }

  /** A look at `now`, and what is stored after it. */
  look(now: number, found: readonly { state: string; told?: boolean | undefined; outages: number }[]): void {
    for (const [who, is] of found.entries()) {
      this.fall(who, now);
      const probe = this.one(who);
      if (!probe.up && !probe.told) this.tellLater(who, now, is.told === true);
      const expected = {
        state: probe.up ? 'UP' : 'DOWN',
        outages: probe.outages,
        told: !probe.up && probe.told,
      };
      const actual = { state: is.state, outages: is.outages, told: is.told === true };
      if (JSON.stringify(expected) !== JSON.stringify(actual))
        throw new Error(`Probe ${who}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
    }
  }

  private tellLater(who: number, now: number, told: boolean): void {
    const probe = this.one(who);
    const quiet = this.isQuiet(who, now);
    if (told) {
      if (quiet) throw new Error(`Probe ${who} was told in a window`);
      probe.told = true;
      probe.said.push('down');
      return;
    }
    probe.tellable = quiet ? undefined : (probe.tellable ?? now);
    if (probe.tellable !== undefined && now - probe.tellable > patienceMs)
      throw new Error(`Probe ${who} was not told for five minutes`);
  }

  told = (who: number): string[] => [...this.one(who).said];
  all = (what: string): number =>
    this.probes.flatMap(({ said }) => said).filter((one) => one === what).length;
}
