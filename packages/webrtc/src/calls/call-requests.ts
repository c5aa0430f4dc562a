import type { Peer } from '../media/peer.ts';
import type { Fields } from '../signaling/fields.ts';
import type { Session } from '../signaling/session.ts';
import type { Ending } from './ending.ts';

/** What a call needs of the session. */
export interface CallSignaling {
  readonly session: Pick<Session, 'grants' | 'request'>;
  /** How the client names itself beside a description. */
  readonly userAgent: string;
}

export type Headers = readonly { readonly name: string; readonly value: string }[];

const BYE_MS = 5_000;

/** The requests of one call. Those that describe it carry what the server is told of it, others its id alone. */
export class CallRequests {
  readonly #callID: string;
  readonly #signaling: CallSignaling;

  constructor(callID: string, signaling: CallSignaling) {
    this.#callID = callID;
    this.#signaling = signaling;
  }

  /** The server takes the callee's description while the call rings. */
  get preAnswers(): boolean {
    return this.#signaling.session.grants.has('preAnswer');
  }

  /** Sends a description, as it is now: repeated, it carries the candidates found meanwhile. */
  describe(method: string, peer: Peer | undefined, trickle: boolean, dialog: Fields): Promise<Fields> {
    const sdp = peer?.localDescription;
    const params = { sdp, trickle: trickle || undefined, 'User-Agent': this.#signaling.userAgent };
    const sent = this.send(method, params, dialog);
    peer?.releaseCandidates({
      candidate: ({ candidate, sdpMid, sdpMLineIndex }) => {
        this.tell('telnyx_rtc.candidate', { candidate, sdpMid, sdpMLineIndex });
      },
      endOfCandidates: () => {
        this.tell('telnyx_rtc.endOfCandidates', { endOfCandidates: true });
      },
    });
    return sent;
  }

  send(method: string, params: Fields, dialog: Fields = {}): Promise<Fields> {
    const callID = this.#callID;
    return this.#signaling.session.request(method, { ...params, dialogParams: { ...dialog, callID } });
  }

  tell(method: string, params: Fields): void {
    this.send(method, params).catch(() => undefined);
  }

  bye(params: Fields): Promise<Fields> {
    return this.#signaling.session.request('telnyx_rtc.bye', params, BYE_MS);
  }

  byeParams({ cause, causeCode, sipCode, sipCallId }: Ending, headers: Headers): Fields {
    const dialogParams = { callID: this.#callID, custom_headers: headers };
    return { cause, causeCode, sipCode: sipCode ?? null, sip_call_id: sipCallId ?? null, dialogParams };
  }
}
