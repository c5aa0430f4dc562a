import type { PageHappening, Platform } from '../platform/ports.ts';
import { readText } from '../signaling/fields.ts';
import type { Session } from '../signaling/session.ts';
import { claimsOf } from '../signaling/token-life.ts';
import type { CallBook } from './call-book.ts';
import type { ClientFields } from './call-settings.ts';
import type { Call } from './call.ts';
import type { TelnyxErrorCode } from './errors.ts';
import { holdLock } from './page-lock.ts';
import { leavePage, readPage } from './page-marker.ts';
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
  /** Settles once it is known whether what is in the storage is for this page. */
  asking: Promise<void> | undefined;
  /** Gives the locks of this page free. */
  #release: (() => void) | undefined;

  constructor(client: PageClient) {
    this.#client = client;
  }

  /** Goes on with the calls of the page that was here before. */
  watch(): void {
    const { platform } = this.#client;
    if (this.#stopWatching) return;
    this.#stopWatching = platform.onPage((happening) => {
      this.#handle(happening);
    });
    this.#look();
  }

  /** Nothing is to go on in another page. */
  stop(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    this.#release?.();
    this.#stay();
    this.asking = undefined;
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
        this.#release?.();
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
        // From the cache of pages: one that was here in between may have left calls to this one.
        if (happening === 'pageshow') this.#look();
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

  /**
   * Goes on where another page of the tab has stopped, unless that one lives: then this tab is a copy of its tab. Who
   * lives has the lock of its instance, and those of the pages whose place it took.
   */
  #look(): void {
    const { book, platform, session } = this.#client;
    this.#withStorage(() => {
      const gone = new Promise<void>((resolve) => {
        this.#release = resolve;
      });
      void holdLock(session.instance, gone, platform);
      const page = readPage(this.#key, platform);
      if (!page || page.instance === session.instance) {
        this.#stay();
        return;
      }
      const decide = (isGone: boolean): void => {
        if (this.asking !== asking) return;
        this.asking = undefined;
        this.#stay();
        if (!isGone) return;
        Object.assign(session.resumption, { sessionId: page.sessionId, voiceSdkId: page.voiceSdkId });
        book.expect(page);
        if (session.isLoggedIn) session.reconnect();
      };
      const asking = holdLock(page.instance, gone, platform)?.then(decide);
      this.asking = asking;
      if (!asking) decide(true);
    });
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
      leavePage(this.#key, { instance: session.instance, sessionId, voiceSdkId, ...saved }, platform);
    });
  }

  /** What was left is not for another page. */
  #stay(): void {
    this.#withStorage(() => {
      this.#client.platform.storage().removeItem(this.#key);
    });
  }

  /**
   * Without it nothing but the way to another page is lost, which is told once. While it is not known whose it is, what
   * is there stays there.
   */
  #withStorage(use: () => void): void {
    if (!this.#isOutlived || this.asking) return;
    try {
      use();
    } catch (originalError) {
      if (!this.#storageFailed) this.#client.warn(33104, { originalError });
      this.#storageFailed = true;
    }
  }
}
