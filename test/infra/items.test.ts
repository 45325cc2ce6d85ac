import { describe, expect, it } from 'vitest';
import { items } from '../../infra/items.ts';

describe('the list of items', () => {
  const { items: keys, indexes } = items();

  it('names every part of every key, and says nothing undefined', () => {
    expect(keys).toMatchObject({
      companyGroup: {
        PK: 'T#<providerId>#COMPANY',
        SK: '<companyId>#G#<organizationHash>#<departmentHash>',
      },
      delivery: { PK: 'T#<tenantId>#DELIVERY', SK: '<noticeId>#<recipientHash>#<attempt>' },
    });
    const texts = [...Object.values(keys), ...Object.values(indexes)].flatMap((one) =>
      Object.values(one as Record<string, string>),
    );
    for (const text of texts) {
      expect(text).not.toMatch(/undefined|object|\[|,/);
      expect(text.replace(/<[^<>]+>/g, '')).not.toMatch(/[<>]/);
    }
  });

  it('tells index entries too', () => {
    expect(indexes).toMatchObject({
      name: { G2: 'T#<parentId>#<what>', S2: '<foldedName>#<id>' },
      tree: { G1: 'T#<rootId>' },
    });
  });
});
