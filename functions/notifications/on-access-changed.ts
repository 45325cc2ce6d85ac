import { accessAsked, accessChanged, accessEnds } from '../../lib/access/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { accessKey } from '../../lib/kit/keys.ts';
import * as say from '../../lib/notifications/access-emails.ts';
import { tellCustomer } from './tell-customer.ts';

type Stored = Readonly<Record<string, unknown>> | undefined;

// The name is kept with what was asked, not in the event.
const nameIn = (grant: Stored, personId: string): string => {
  const by = grant?.askedBy as { readonly id?: string; readonly name?: string } | null | undefined;
  return (by?.id === personId && by.name) || 'Somebody';
};

const none = { meter: 'ACCESS', alerts: [] } as const;

export const onAccessChanged = subscriber({
  id: 'on-access-changed',
  on: { anyOf: [accessAsked, accessChanged, accessEnds] },
  impact:
    'Nobody is mailed that a partner asks for access to a customer’s console, that it was given or taken back, or that it ends.',
  handle: (envelope) => {
    if (envelope.type === accessAsked.type)
      return tellCustomer(
        { ...envelope, data: accessAsked.data.parse(envelope.data) },
        {
          kind: 'ACCESS_ASKED',
          to: 'ADMINISTRATORS',
          ...none,
          beside: accessKey(envelope.subject),
          say: (data, about, _, grant) =>
            say.accessAsked({ ...data, personName: nameIn(grant, data.personId) }, about),
        },
      );
    if (envelope.type === accessEnds.type)
      return tellCustomer(
        { ...envelope, data: accessEnds.data.parse(envelope.data) },
        { kind: 'ACCESS_ENDS', to: 'BY_COMMUNICATIONS', ...none, say: say.accessEnds },
      );
    const data = accessChanged.data.parse(envelope.data);
    const to = data.by === 'PARTNER' ? 'ADMINISTRATORS' : 'LICENCE_RECIPIENTS';
    return tellCustomer(
      { ...envelope, data },
      { kind: 'ACCESS_CHANGED', to, ...none, say: say.accessChanged },
    );
  },
});
