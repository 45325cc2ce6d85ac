import { type Check, type Stored, tenantOf } from './check.ts';
import { byWord, type Names, references } from './references.ts';

type Open = { readonly id: string; readonly endsAt: string };

function names(item: Stored, now: string): Names {
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
export const imports: Check = references({ names, lacks: byWord(lacking) });
