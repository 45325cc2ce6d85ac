import { type Check, covered, placeOf, type Stored, type Tell, tenantOf, type Watch } from './check.ts';

type Open = { readonly id: string; readonly endsAt: string };

/** What must stand somewhere else, and what an item stands for itself. */
function names(item: Stored, now: string): { needs: string[]; has: string[] } {
  const tenant = tenantOf(item);
  switch (item.kind) {
    case 'import': {
      const pending = item.state === 'PENDING';
      const at = `${tenant} ${item.id} ${item.endsAt}`;
      const waits = pending && String(item.endsAt) > now;
      return {
        needs: waits ? [`open ${at}`] : [],
        has: [`import ${tenant} ${item.id}`, ...(pending ? [`pending ${at}`] : [])],
      };
    }
    case 'openImports': {
      const all = (item.open as readonly Open[]).map(({ id, endsAt }) => `${tenant} ${id} ${endsAt}`);
      return { needs: all.map((at) => `pending ${at}`), has: all.map((at) => `open ${at}`) };
    }
    case 'importRecipient':
      return { needs: [`import ${item.partnerId} ${item.importId}`], has: [] };
    default:
      return { needs: [], has: [] };
  }
}

const lacking: Readonly<Record<string, string>> = {
  open: 'it waits for an answer, and its partner does not count it',
  pending: 'it counts an import that does not wait for an answer',
  import: 'the import that was mailed is not there',
};

/** A partner counts exactly the imports that wait for an answer; nobody was mailed about an import that never was. */
export const imports: Check = (_known, tell) => {
  const all = covered();
  const now = new Date().toISOString();
  return {
    see: (item) => {
      const said = names(item, now);
      for (const name of said.needs) all.need(name);
      for (const name of said.has) all.have(name);
    },
    again: () => (all.isWhole() ? undefined : closer(tell, { now, isSuspect: all.isSuspect })),
  };
};

function closer(tell: Tell, by: { now: string; isSuspect: (name: string) => boolean }): Watch {
  const needed = new Map<string, string>();
  const had = new Set<string>();
  return {
    see: (item) => {
      const said = names(item, by.now);
      for (const name of said.needs.filter(by.isSuspect)) needed.set(name, placeOf(item));
      for (const name of said.has.filter(by.isSuspect)) had.add(name);
    },
    end: () => {
      for (const [name, where] of needed)
        if (!had.has(name)) tell(where, lacking[name.split(' ')[0] ?? ''] ?? name);
    },
  };
}
