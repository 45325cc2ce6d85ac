import type { Envelope } from '../../lib/kit/event.ts';
import type { Actor } from '../../lib/kit/scope.ts';

/** A reaction, in the name of whoever caused the event. */
export const by = ({ tenant, actor }: Envelope, id: string): Actor => ({
  id,
  kind: 'system',
  home: tenant.providerId,
  onBehalfOf: actor.id,
});
