import type { PageHappening, Platform } from '../platform/ports.ts';
import { readText } from '../signaling/fields.ts';
import type { Session } from '../signaling/session.ts';
import { claimsOf } from '../signaling/token-life.ts';
import type { CallBook } from './call-book.ts';
import type { ClientFields } from './call-settings.ts';
import type { Call } from './call.ts';
import type { TelnyxErrorCode } from './errors.ts';
import { leavePage, takePage } from './page-marker.ts';
import type { ToldWarningCode } from './warnings.ts';

/** What the page needs of its client. */
export interface PageClient {
  readonly platform: Platform;
  readonly fields: ClientFields;
  readonly session: Session;
  readonly book: CallBook;
  hangUpAll(which: (call: Call) => boolean): Promise<void>;
  fail(code: TelnyxErrorCode, originalError: unknown): void;
  warn(code: ToldWarningCode, detail: object): void;
}

/** What becomes of a client when its page goes, comes back or is replaced. */
export class PageLife {
  readonly #client: PageClient;
  #stopWatching: (() => void) | undefined;
  #storageFailed = false;

  constructor(client: PageClient) {
    this.#client = client;
  }

  /** Goes on with the calls of the page that was here before. */
  watch(): void {
    const { book, platform, session } = this.#client;
    if (this.#stopWatching) return;
    this.#stopWatching = platform.onPage((happening) => {
      this.#handle(happening);
    });
    if (session.resumption.sessionId !== undefined) return;
    this.#withStorage(() => {
      const page = takePage(this.#key, platform);
      if (!page) return;
      Object.assign(session.resumption, { sessionId: page.sessionId, voiceSdkId: page.voiceSdkId });
      book.expect(page);
    });
  }

  /** Nothing is to go on in another page. */
  stop(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    this.#stay();
  }

  /** What was left already is no longer true. */
  callChanged(): void {
    if (!this.#client.platform.isVisible()) this.#leave();
  }

  #handle(happening: PageHappening): void {
    const { book, platform, session } = this.#client;
    switch (happening) {
      case 'pagehide':
        this.#leave();
        void this.#client.hangUpAll((call) => !this.#isOutlived || !book.outlivesPage(call));
        break;
      case 'offline':
        this.#client.fail(48001, undefined);
        session.doubt();
        break;
      case 'visibilitychange':
        // A page in the background may be ended without a further word.
        if (platform.isVisible()) {
          this.#stay();
          session.hurry(false);
        } else this.#leave();
        break;
      default:
        if (happening === 'pageshow') this.#stay();
        session.hurry(true);
        book.calls.check(true);
    }
  }

  get #isOutlived(): boolean {
    return this.#client.fields.options.hangupOnBeforeUnload === false;
  }

  /** Another for somebody else who signs in in the same tab, as far as a login, or the subject of a token, tells. */
  get #key(): string {
    const { anonymous_login, env, host, login, login_token } = this.#client.fields.options;
    const subject = readText(claimsOf(login_token) ?? {}, 'sub');
    return ['parley', host ?? env, login ?? subject ?? anonymous_login?.target_id].join(' ');
  }

  #leave(): void {
    const { book, platform, session } = this.#client;
    const { sessionId, voiceSdkId } = session.resumption;
    const saved = book.save();
    const isAnythingLeft = book.active().length + saved.calls.length + saved.ended.length > 0;
    if (sessionId === undefined || !isAnythingLeft) {
      this.#stay();
      return;
    }
    this.#withStorage(() => {
      leavePage(this.#key, { sessionId, voiceSdkId, ...saved }, platform);
    });
  }

  /** What was left is not for another page. */
  #stay(): void {
    this.#withStorage(() => {
      takePage(this.#key, this.#client.platform);
    });
  }

  /** Without it nothing but the way to another page is lost, which is told once. */
  #withStorage(use: () => void): void {
    if (!this.#isOutlived) return;
    try {
      use();
    } catch (originalError) {
      if (!this.#storageFailed) this.#client.warn(33104, { originalError });
      this.#storageFailed = true;
    }
  }
}
