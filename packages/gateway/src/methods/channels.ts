import { RpcErrorCode } from '@parley/protocol';
import { RpcError } from '../sessions/connection.ts';
import type { SessionHandler } from './method.ts';

/** There are no channels: every one that is asked for is out of reach. */
export const subscribe: SessionHandler<'telnyx_rtc.subscribe'> = (_, session, { eventChannel }) => ({
  result: {
    subscribedChannels: [],
    alreadySubscribedChannels: [],
    unauthorizedChannels: [eventChannel ?? []].flat(),
    sessid: session.ids.id,
  },
});

export const unsubscribe: SessionHandler<'telnyx_rtc.unsubscribe'> = (_, session, { eventChannel }) => ({
  result: {
    unsubscribedChannels: [],
    notSubscribedChannels: [eventChannel ?? []].flat(),
    sessid: session.ids.id,
  },
});

export const broadcast: SessionHandler<'telnyx_rtc.broadcast'> = () => {
  throw new RpcError(RpcErrorCode.invalidParams, 'params.eventChannel names no channel of this gateway.');
};
