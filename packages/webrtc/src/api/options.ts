/** An element, the id of one in the page, or a function that returns one. */
export type MediaElementSource = HTMLMediaElement | string | (() => HTMLMediaElement | null | undefined);

/** Login of a page's visitor at an AI assistant, without credentials. */
export interface IAnonymousLogin {
  /** Only `ai_assistant`. */
  target_type: string;
  target_id: string;
  target_version_id?: string | undefined;
  /** Handed to the assistant. */
  target_params?: { conversation_id?: string; [name: string]: unknown } | undefined;
}

/**
 * Lets the person repair a microphone that does not open: `telnyx.error` then comes with `recoverable: true`, `resume()`
 * and `reject()`, and the call waits; see `isMediaRecoveryErrorEvent()`.
 */
export interface IMediaPermissionsRecovery {
  /** Default: false. */
  enabled: boolean;
  /** Milliseconds until it is given up. Default: 20,000; callers seldom wait longer than 25,000. */
  timeout?: number | undefined;
  /** Also for calls that go out, and for a permission that is withdrawn in a call. Default: false. */
  outbound?: boolean | undefined;
  /** The microphone opened after `resume()`. */
  onSuccess?: (() => void) | undefined;
  /** It failed again, `reject()` was called, the time was over, or the call ended. */
  onError?: ((error: Error) => void) | undefined;
}

/** Used instead of `login`, `password` and `login_token` in `login()`. */
export interface ICredentials {
  username?: string;
  password?: string;
  token?: string;
}

/**
 * Options of `new TelnyxRTC()`. What is `undefined`, `null` or an empty string counts as not given. Booleans
 * and numbers given as text are taken; what cannot be used throws and names the option.
 */
export interface IClientOptions {
  /** A JWT. Use it in production. */
  login_token?: string | undefined;
  /**
   * Fetches a JWT: asked 120 s before the one in use ends, before a connection where it has ended, and first of all
   * where there is no `login_token`. Where it fails, or takes more than 10 s, 34001 tells, and it is asked again.
   */
  tokenProvider?: (() => string | Promise<string>) | undefined;
  /** User name; wins over a token that is given, too. */
  login?: string | undefined;
  password?: string | undefined;
  /** The same as `password`. */
  passwd?: string | undefined;
  anonymous_login?: IAnonymousLogin | undefined;
  /** Sent with the login. */
  userVariables?: Record<string, unknown> | undefined;
  /** Asks for push notifications also while this client is registered. Default: false. */
  pushWhenActive?: boolean | undefined;
  /** Asks the server for early answers. Default: false. */
  earlySdpAnswer?: boolean | undefined;

  /** URL of the server, or `production` or `development` of the vendor's cloud. Default: `production`. */
  env?: 'production' | 'development' | (string & {}) | undefined;
  /** The server's URL or host; wins over `env`. */
  host?: string | undefined;
  /**
   * Put before the server's host, as in `eu.` + host; see `Region` for those of the vendor's cloud. Of several, the
   * next is tried where one cannot be reached; 45001 tells that none could, and connecting goes on.
   */
  region?: string | readonly string[] | undefined;
  /** false: a connection that is lost stays so, and warns with 36005. Default: true. */
  autoReconnect?: boolean | undefined;
  /** Attempts to reconnect before 45003. Default: 0, for ever. */
  maxReconnectAttempts?: number | undefined;
  /** Calls also survive that the server ends the session. Default: false; a lost socket ends no call anyway. */
  keepConnectionAliveOnSocketClose?: boolean | undefined;
  /** false: leaving the page does not end its calls. Default: true. */
  hangupOnBeforeUnload?: boolean | undefined;
  /** Asks for another node at the next connection. Default: false. */
  skipLastVoiceSdkId?: boolean | undefined;
  /** Address of the node that is to serve this client; only with `rtcPort`. */
  rtcIp?: string | undefined;
  /** Port of that node, from 1 to 65535; only with `rtcIp`. */
  rtcPort?: number | undefined;
  /** Asks for a node that tries out a new version. Default: false. */
  useCanaryRtcServer?: boolean | undefined;
  /** For the vendor's tests. Default: false. */
  skipTrailing?: boolean | undefined;

  /**
   * Replaces all default ICE servers; an empty list: none. Default: those that the server grants, which renews their
   * credentials in calls that go on; the vendor's at the vendor's cloud.
   */
  iceServers?: RTCIceServer[] | undefined;
  /**
   * Asks the ICE servers before a call goes out: from the moment that the client is ready, for 5 minutes, and again after each
   * call. Default: true.
   */
  prefetchIceCandidates?: boolean | undefined;
  /**
   * Media goes through TURN servers only, and no other address is told to anybody. Where none of them can be reached
   * within 5 s, 33003 warns and the call ends with 47101. Default: false.
   */
  forceRelayCandidate?: boolean | undefined;
  /**
   * Sends addresses as they are found. false: waits for them, with ICE servers until 1 s after the first one, without
   * until 30 ms after it, and for 5 s where there is none. Default: true where the server grants ICE servers, else
   * false.
   */
  trickleIce?: boolean | undefined;
  /** Calls start muted. Default: false. */
  mutedMicOnStart?: boolean | undefined;
  /** URL of a sound to play while an incoming call rings. */
  ringtoneFile?: string | undefined;
  /** URL of a sound to play while the other side rings, unless the server plays one. */
  ringbackFile?: string | undefined;
  mediaPermissionsRecovery?: IMediaPermissionsRecovery | undefined;
  /** No effect: calls are audio. */
  video?: boolean | undefined;

  /**
   * Measures calls: `telnyx.stats.frame`, `telnyx.stats.report`, warnings about quality, and a report of each call to the
   * server, in which nothing is secret. Default: true.
   */
  enableCallReports?: boolean | undefined;
  /** Milliseconds between frames of statistics, 100 at least. Default: 5000. */
  callReportInterval?: number | undefined;
  /** Milliseconds after which a part of the report is sent, at the latest. Default: 180,000; 0: when there is much to send. */
  callReportFlushInterval?: number | undefined;
  /** Default: false. */
  enableCallRecording?: boolean | undefined;
  callRecordingFlushIntervalMs?: number | undefined;
  callRecordingMaxBufferBytes?: number | undefined;
  callRecordingSampleRate?: number | undefined;
  callRecordingTracks?: ('local' | 'remote')[] | undefined;
  callRecordingEndpoint?: string | undefined;
  /** Writes what happens to the console, without secrets. Default: false. */
  debug?: boolean | undefined;
  /**
   * With `debug`: `socket` shows each call live in the console of the server; `file` gives the person a file of it when
   * it has ended, and sends nothing. Default: neither.
   */
  debugOutput?: 'socket' | 'file' | undefined;
  /** What a report tells of: `debug`, `info`, `warn` or `error` and what is above. Default: `debug`. */
  debugLogLevel?: string | undefined;
  /** How much of that is kept until it is sent. Default: 1000. */
  debugLogMaxEntries?: number | undefined;

  /** No effect; accepted from older versions. */
  project?: string | undefined;
  /** No effect; accepted from older versions. */
  token?: string | undefined;
}
