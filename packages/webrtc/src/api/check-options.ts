import type { ICallOptions } from './call.ts';
import type { IAnonymousLogin, IClientOptions, IMediaPermissionsRecovery } from './options.ts';
import { inRegion, toServerUrl } from './server-address.ts';

type Kind = 'string' | 'number' | 'boolean' | 'object' | 'array' | 'function' | 'any';

type Kinds<T> = Readonly<Record<keyof T, Kind>>;

const CLIENT_KINDS: Kinds<IClientOptions> = {
  login_token: 'string',
  tokenProvider: 'function',
  login: 'string',
  password: 'string',
  passwd: 'string',
  anonymous_login: 'object',
  userVariables: 'object',
  pushWhenActive: 'boolean',
  earlySdpAnswer: 'boolean',
  env: 'string',
  host: 'string',
  region: 'any',
  autoReconnect: 'boolean',
  maxReconnectAttempts: 'number',
  keepConnectionAliveOnSocketClose: 'boolean',
  hangupOnBeforeUnload: 'boolean',
  skipLastVoiceSdkId: 'boolean',
  rtcIp: 'string',
  rtcPort: 'number',
  useCanaryRtcServer: 'boolean',
  skipTrailing: 'boolean',
  iceServers: 'array',
  prefetchIceCandidates: 'boolean',
  forceRelayCandidate: 'boolean',
  trickleIce: 'boolean',
  mutedMicOnStart: 'boolean',
  ringtoneFile: 'string',
  ringbackFile: 'string',
  mediaPermissionsRecovery: 'object',
  video: 'any',
  enableCallReports: 'boolean',
  callReportInterval: 'number',
  callReportFlushInterval: 'number',
  enableCallRecording: 'boolean',
  callRecordingFlushIntervalMs: 'number',
  callRecordingMaxBufferBytes: 'number',
  callRecordingSampleRate: 'number',
  callRecordingTracks: 'array',
  callRecordingEndpoint: 'string',
  debug: 'boolean',
  debugOutput: 'string',
  debugLogLevel: 'string',
  debugLogMaxEntries: 'number',
  project: 'any',
  token: 'any',
};

const CALL_KINDS: Kinds<ICallOptions> = {
  destinationNumber: 'string',
  callerName: 'string',
  callerNumber: 'string',
  id: 'string',
  clientState: 'string',
  customHeaders: 'array',
  telnyxCallControlId: 'string',
  telnyxSessionId: 'string',
  telnyxLegId: 'string',
  audio: 'any',
  micId: 'string',
  micLabel: 'string',
  speakerId: 'string',
  localStream: 'object',
  localElement: 'any',
  remoteElement: 'any',
  iceServers: 'array',
  preferred_codecs: 'array',
  prefetchIceCandidates: 'boolean',
  forceRelayCandidate: 'boolean',
  trickleIce: 'boolean',
  keepConnectionAliveOnSocketClose: 'boolean',
  mutedMicOnStart: 'boolean',
  receiveOnlyAudio: 'boolean',
  ringtoneFile: 'string',
  ringbackFile: 'string',
  userVariables: 'object',
  onNotification: 'any',
  traceparent: 'string',
  debug: 'boolean',
  debugOutput: 'string',
  video: 'any',
  camId: 'any',
  useStereo: 'any',
  mediaSettings: 'any',
};

const VISITOR_KINDS: Kinds<IAnonymousLogin> = {
  target_type: 'string',
  target_id: 'string',
  target_version_id: 'string',
  target_params: 'object',
};

const RECOVERY_KINDS: Kinds<IMediaPermissionsRecovery> = {
  enabled: 'boolean',
  outbound: 'boolean',
  timeout: 'number',
  onSuccess: 'function',
  onError: 'function',
};

/** @throws Error, `Invalid init options: …`, which names the option that cannot be used */
export function checkClientOptions(given: unknown, warn: (line: string) => void): IClientOptions {
  const options = check<IClientOptions>(given, CLIENT_KINDS, refuseClientOptions, warn);
  for (const name of ['host', 'env'] as const) {
    if (options[name] !== undefined && toServerUrl(options[name]) === undefined) {
      refuseClientOptions(`${name} must be a ws: or wss: URL, 'production' or 'development'`);
    }
  }
  checkAnonymousLogin(options.anonymous_login, warn);
  checkRecovery(options, warn);
  checkReports(options);
  checkCredentials(options, warn);
  checkRegion(options);
  checkNode(options);
  options.iceServers?.forEach(checkIceServer);
  return options;
}

/** @throws what `refuse` throws, told which option cannot be used */
export function checkCallOptions(
  given: unknown,
  refuse: (reason: string) => never,
  warn: (line: string) => void,
): ICallOptions {
  return check(given, CALL_KINDS, refuse, warn);
}

export function hasCredentials({ login, password, passwd }: IClientOptions): boolean {
  return Boolean(login && (password ?? passwd));
}

/** New credentials, in place of those of another kind. */
export function withCredentials(options: IClientOptions, given: IClientOptions): IClientOptions {
  const creds = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  if (hasCredentials(given)) return { ...creds, login_token: undefined };
  if (given.login_token && hasCredentials(options)) {
    return { ...creds, login: undefined, password: undefined, passwd: undefined };
  }
  return creds;
}

/** Whether there is something to log in with. */
export function canLogIn(options: IClientOptions): boolean {
  const { anonymous_login, login_token, tokenProvider } = options;
  return hasCredentials(options) || Boolean(login_token || tokenProvider || anonymous_login);
}

/** Whatever an application may have written; its type promises less than nothing. */
export function regionsOf({ region }: { region?: unknown }): readonly unknown[] {
  const regions: readonly unknown[] = Array.isArray(region) ? region : [region];
  return regions.filter((each) => each !== undefined);
}

/** The members of an option that is an object of its own. */
function checkMembers<T extends object>(
  name: keyof IClientOptions,
  given: T | undefined,
  kinds: Kinds<T>,
  warn: (line: string) => void,
): void {
  const path = (text: string): string => `${name}.${text}`;
  check(
    given,
    kinds,
    (reason) => refuseClientOptions(path(reason)),
    (line) => {
      warn(path(line));
    },
  );
}

function checkRecovery({ mediaPermissionsRecovery }: IClientOptions, warn: (line: string) => void): void {
  checkMembers('mediaPermissionsRecovery', mediaPermissionsRecovery, RECOVERY_KINDS, warn);
  const { timeout = 0 } = mediaPermissionsRecovery ?? {};
  if (timeout < 0) refuseClientOptions('mediaPermissionsRecovery.timeout must be a number');
  if (timeout > 25_000) warn('mediaPermissionsRecovery.timeout is over 25000');
}

function checkReports({ debugOutput, ...options }: IClientOptions): void {
  for (const name of ['callReportInterval', 'callReportFlushInterval', 'debugLogMaxEntries'] as const) {
    if ((options[name] ?? 0) < 0) refuseClientOptions(`${name} must not be negative`);
  }
  if (debugOutput && !/^(socket|file)$/.test(debugOutput))
    refuseClientOptions("debugOutput must be 'socket' or 'file'");
}

function checkRegion(options: IClientOptions): void {
  const server = toServerUrl(options.host ?? options.env) ?? '';
  for (const region of regionsOf(options)) {
    if (typeof region === 'string' && inRegion(server, region) !== undefined) continue;
    refuseClientOptions(`region ${JSON.stringify(region)} cannot be put before the host of ${server}`);
  }
}

function checkNode({ rtcIp, rtcPort }: IClientOptions): void {
  const missing = rtcIp === undefined ? 'rtcIp' : 'rtcPort';
  if ((rtcIp === undefined) !== (rtcPort === undefined)) {
    refuseClientOptions(`${missing} is missing`);
  }
  if (rtcPort !== undefined && !(rtcPort > 0 && rtcPort < 65536)) {
    refuseClientOptions('rtcPort must be from 1 to 65535');
  }
}

/** As a peer connection judges it (RFC 7064, RFC 7065). */
function checkIceServer(server: Partial<RTCIceServer> | null, index: number): void {
  const { urls = [], username, credential } = server ?? {};
  const given: unknown[] = [urls].flat();
  const isUsable = (url: unknown): boolean =>
    /^stuns?:./.test(String(url)) || Boolean(/^turns?:./.test(String(url)) && username && credential);
  if (given.length > 0 && given.every(isUsable)) return;
  refuseClientOptions(
    `iceServers[${index}] needs stun: or turn: urls, for turn: with username and credential`,
  );
}

function checkAnonymousLogin(visitor: IClientOptions['anonymous_login'], warn: (line: string) => void): void {
  if (!visitor) return;
  checkMembers('anonymous_login', visitor, VISITOR_KINDS, warn);
  if (visitor.target_type !== 'ai_assistant') {
    refuseClientOptions("anonymous_login.target_type must be 'ai_assistant'");
  }
  if (!visitor.target_id) refuseClientOptions('anonymous_login.target_id is missing');
}

function checkCredentials(options: IClientOptions, warn: (line: string) => void): void {
  if (!canLogIn(options)) {
    const missing = options.login === undefined ? 'login and password, or login_token, are' : 'password is';
    refuseClientOptions(`${missing} missing`);
  }
  if (hasCredentials(options) && (options.login_token ?? options.tokenProvider) !== undefined) {
    warn('login_token and tokenProvider are not used');
  }
}

function refuseClientOptions(reason: string): never {
  throw new Error(`Invalid init options: ${reason}`);
}

/** `undefined`, `null` and empty text count as not given, so that they never replace a default. */
function check<T extends object>(
  given: unknown,
  kinds: Kinds<T>,
  refuse: (reason: string) => never,
  warn: (line: string) => void,
): T {
  if (given !== undefined && (typeof given !== 'object' || given === null)) refuse('an object is needed');
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === undefined || value === null || value === '') continue;
    const kind = isKnown(name, kinds) ? kinds[name] : undefined;
    if (kind === undefined) warn(`unknown option ${name}`);
    options[name] = kind === undefined ? value : coerce(kind, value);
    if (options[name] !== value) warn(`${name} should be a ${String(kind)}`);
  }
  assertKinds(options, kinds, refuse);
  return options;
}

function isKnown<T extends object>(name: PropertyKey, kinds: Kinds<T>): name is keyof T {
  return Object.hasOwn(kinds, name);
}

function coerce(kind: Kind, value: unknown): unknown {
  if (kind === 'number' && typeof value === 'string' && Number.isFinite(Number(value))) return Number(value);
  if (kind === 'string' && typeof value === 'number') return String(value);
  if (kind === 'boolean' && /^(true|false|[01])$/.test(String(value))) return /true|1/.test(String(value));
  return value;
}

function assertKinds<T extends object>(
  options: object,
  kinds: Kinds<T>,
  refuse: (reason: string) => never,
): asserts options is T {
  for (const [name, value] of Object.entries(options)) {
    const kind = isKnown(name, kinds) ? kinds[name] : 'any';
    if (kind !== 'any' && !isOfKind(kind, value))
      refuse(`${name} must be ${/^[ao]/.test(kind) ? 'an' : 'a'} ${kind}`);
  }
}

function isOfKind(kind: Kind, value: unknown): boolean {
  if (kind === 'array') return Array.isArray(value);
  if (kind === 'object') return typeof value === 'object' && !Array.isArray(value);
  return typeof value === kind && !Number.isNaN(value);
}
