import type { Peer } from '../media/peer.ts';
import { readText, type Fields } from '../signaling/fields.ts';
import type { Session } from '../signaling/session.ts';
import type { Ending } from './ending.ts';

/** What a call needs of the session. */
export interface CallSignaling {
  readonly session: Pick<Session, 'doubt' | 'grants' | 'reconnect' | 'request' | 'state'>;
  /** How the client names itself beside a description. */
  readonly userAgent: string;
}

export type Headers = readonly { readonly name: string; readonly value: string }[];

/** For so long an end waits for the server to confirm it. */
export const BYE_MS = 5_000;

/** The requests of one call. Those that describe it carry what the server is told of it, others its id alone. */
export class CallRequests {
  readonly #callID: string;
  readonly #signaling: CallSignaling;
  readonly #isLive: () => boolean;

  /** @param isLive of a call that has ended, nothing that waits for a connection is sent but the end */
  constructor(callID: string, signaling: CallSignaling, isLive: () => boolean) {
    this.#callID = callID;
    this.#signaling = signaling;
    this.#isLive = isLive;
  }

  /** The server takes the callee's description while the call rings. */
  get preAnswers(): boolean {
    return this.#signaling.session.grants.has('preAnswer');
  }

  /** Sends a description, as it is now: repeated, it carries the candidates found meanwhile. */
  describe(method: string, peer: Peer | undefined, dialog: Fields, more?: Fields): Promise<Fields> {
    const sdp = peer?.localDescription;
    const params = {
      sdp,
      trickle: peer?.trickles,
      'User-Agent': this.#signaling.userAgent,
      ...more,
    };
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

  /** @throws NegotiationError, NoRelayError or RpcError; Error where the server has no answer to the offer */
  async restartIce(peer: Peer): Promise<void> {
    await peer.restart();
    const offer = { action: 'updateMedia', callID: this.#callID, 'User-Agent': undefined };
    const answer = readText(await this.describe('telnyx_rtc.modify', peer, {}, offer), 'sdp');
    if (answer === undefined) throw new Error('The server has no answer to the offer');
    await peer.acceptAnswer(answer);
  }

  send(method: string, params: Fields, dialog: Fields = {}, timeoutMs?: number): Promise<Fields> {
    const callID = this.#callID;
    const dialogParams = { ...dialog, callID };
    return this.#signaling.session.request(method, { ...params, dialogParams }, timeoutMs, this.#isLive);
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
