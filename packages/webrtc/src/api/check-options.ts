import type { ICallOptions } from './call.ts';
import type { IClientOptions } from './options.ts';
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
  debug: 'boolean',
  debugOutput: 'string',
  video: 'any',
  camId: 'any',
  useStereo: 'any',
  mediaSettings: 'any',
};

/** @throws Error, `Invalid init options: …`, which names the option that cannot be used */
export function checkClientOptions(given: unknown, warn: (line: string) => void): IClientOptions {
  const options = check<IClientOptions>(given, CLIENT_KINDS, refuseClientOptions, warn);
  for (const name of ['host', 'env'] as const) {
    if (options[name] !== undefined && toServerUrl(options[name]) === undefined) {
      refuseClientOptions(`${name} must be a ws: or wss: URL, 'production' or 'development'`);
    }
  }
  if (options.anonymous_login) checkAnonymousLogin(options.anonymous_login);
  checkRecovery(options, warn);
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

function checkRecovery({ mediaPermissionsRecovery }: IClientOptions, warn: (line: string) => void): void {
  const timeout: unknown = mediaPermissionsRecovery?.timeout ?? 0;
  if (typeof timeout !== 'number' || !(timeout >= 0)) {
    refuseClientOptions('mediaPermissionsRecovery.timeout must be a number');
  }
  if (timeout > 25_000) warn('mediaPermissionsRecovery.timeout is over 25000: callers may give up');
}

function checkRegion(options: IClientOptions): void {
  const server = toServerUrl(options.host ?? options.env) ?? '';
  for (const region of regionsOf(options)) {
    if (typeof region === 'string' && inRegion(server, region) !== undefined) continue;
    refuseClientOptions(`region ${JSON.stringify(region)} cannot be put before the host of ${server}`);
  }
}

function checkNode({ rtcIp, rtcPort }: IClientOptions): void {
  if (rtcIp !== undefined && rtcPort === undefined) refuseClientOptions('rtcPort is missing beside rtcIp');
  if (rtcPort === undefined) return;
  if (rtcIp === undefined) refuseClientOptions('rtcIp is missing beside rtcPort');
  if (!Number.isInteger(rtcPort) || rtcPort < 1 || rtcPort > 65535) {
    refuseClientOptions('rtcPort must be from 1 to 65535');
  }
}

function checkIceServer(server: unknown, index: number): void {
  const urls: unknown = typeof server === 'object' && server !== null && 'urls' in server && server.urls;
  if (typeof urls === 'string' || Array.isArray(urls)) return;
  refuseClientOptions(`iceServers[${index}].urls is missing`);
}

function checkAnonymousLogin({
  target_type,
  target_id,
}: {
  target_type?: unknown;
  target_id?: unknown;
}): void {
  if (target_type !== 'ai_assistant')
    refuseClientOptions("anonymous_login.target_type must be 'ai_assistant'");
  if (typeof target_id !== 'string' || target_id === '') {
    refuseClientOptions('anonymous_login.target_id is missing');
  }
}

function checkCredentials(options: IClientOptions, warn: (line: string) => void): void {
  if (!canLogIn(options)) {
    const missing = options.login === undefined ? 'login and password, or login_token, are' : 'password is';
    refuseClientOptions(`${missing} missing`);
  }
  if (hasCredentials(options) && (options.login_token ?? options.tokenProvider) !== undefined) {
    warn('login and password are used, not login_token or tokenProvider');
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
