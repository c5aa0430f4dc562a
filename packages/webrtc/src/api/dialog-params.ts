import type { DialogParams } from '@parley/protocol';

import { VERSION } from './version.ts';
import type { IVertoCallOptions } from './call.ts';

/** How the SDK names itself in invite, answer and attach. */
export const USER_AGENT = `Web-${VERSION}`;

type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

/**
 * What the server is told of a call. Named one by one, so that nothing else of the options travels: they
 * hold credentials of TURN servers.
 */
export function toDialogParams(options: IVertoCallOptions): Loose<DialogParams> {
  return {
    destination_number: options.destinationNumber ?? '',
    caller_id_name: options.callerName ?? '',
    caller_id_number: options.callerNumber ?? '',
    remote_caller_id_name: options.remoteCallerName,
    remote_caller_id_number: options.remoteCallerNumber,
    custom_headers: options.customHeaders,
    clientState: options.clientState,
    userVariables: options.userVariables,
    audio: options.audio !== false,
    video: false,
    telnyxCallControlId: options.telnyxCallControlId,
    telnyxSessionId: options.telnyxSessionId,
    telnyxLegId: options.telnyxLegId,
  };
}
