import type { Acknowledgement } from '../sessions/session.ts';
import type { CallRequest, Leg } from './leg.ts';
import { partiesOf, type CallerIdentity } from './routing.ts';

export interface AnnouncedCall {
  id: string;
  caller: Leg;
  from: CallerIdentity;
  request: CallRequest;
}

/** What the clients of a call are told of it. */
export class Announcements {
  readonly #call: AnnouncedCall;

  constructor(call: AnnouncedCall) {
    this.#call = call;
  }

  invite(leg: Leg, sdp: string, onAcknowledged: (outcome: Acknowledgement) => void): void {
    const { clientState, customHeaders } = this.#call.request;
    leg.session.push(
      'telnyx_rtc.invite',
      {
        callID: leg.callId,
        sdp,
        ...this.#parties('outbound'),
        ...this.#telnyxIds(leg),
        ...(clientState === undefined ? {} : { client_state: clientState }),
        dialogParams: { custom_headers: customHeaders },
      },
      onAcknowledged,
    );
  }

  ringing(): void {
    const { caller } = this.#call;
    caller.session.push('telnyx_rtc.ringing', {
      callID: caller.callId,
      ...this.#parties('inbound'),
      ...this.#telnyxIds(caller),
    });
  }

  media(sdp: string, audible: boolean): void {
    const { caller } = this.#call;
    caller.session.push('telnyx_rtc.media', {
      callID: caller.callId,
      sdp,
      ...(audible ? {} : { parley: { earlyMedia: false } }),
    });
  }

  answer(sdp: string | null, onAcknowledged: () => void): void {
    const { caller } = this.#call;
    caller.session.push(
      'telnyx_rtc.answer',
      { callID: caller.callId, ...(sdp === null ? {} : { sdp }), ...this.#telnyxIds(caller) },
      onAcknowledged,
    );
  }

  attach(leg: Leg, sdp: string, epoch: number): void {
    leg.session.push('telnyx_rtc.attach', {
      callID: leg.callId,
      sdp,
      ...this.#parties(leg === this.#call.caller ? 'inbound' : 'outbound'),
      ...this.#telnyxIds(leg),
      ...(leg.session.granted.has('recovery') && { parley: { epoch } }),
    });
  }

  #parties(direction: 'inbound' | 'outbound') {
    return partiesOf(this.#call.from, this.#call.request.destination, direction);
  }

  #telnyxIds(leg: Leg) {
    return {
      telnyx_call_control_id: `v3:${leg.id}`,
      telnyx_session_id: this.#call.id,
      telnyx_leg_id: leg.id,
    };
  }
}
