import { causes, CloseCode, RpcErrorCode, type GatewayExtension, type LoginParams } from '@parley/protocol';
import { isLoopback } from '../config/loopback.ts';
import type { LoginRefusal } from '../ports.ts';
import type { Authentication } from '../registrar/authenticator.ts';
import { addressBlock } from '../sessions/address-block.ts';
import { RpcError, type Connection, type Reply } from '../sessions/connection.ts';
import { type Claim, resumable } from '../sessions/resumption.ts';
import { grantable, type Session } from '../sessions/session.ts';
import type { Gatekeeping, LoginHandler } from './method.ts';

/** Each visit may hold a call, and nobody proved who the visitor is. */
const visitsOfAddressAtOnce = 10;

// In the same words for all: a lock is nothing that a guesser should learn from.
const wrongOrExpired = 'the user, password or token is wrong, or the token has expired.';

export const login: LoginHandler<'login'> = async (gatekeeping, connection, params) =>
  await enter(gatekeeping, connection, params, async () => {
    const authentication = await authenticate(gatekeeping, connection, params);
    if (authentication !== null && authentication !== 'locked') return authentication;
    throw refused(gatekeeping, connection, authentication ?? 'wrong', wrongOrExpired);
  });

export const anonymousLogin: LoginHandler<'anonymous_login'> = async (gatekeeping, connection, params) => {
  if (!gatekeeping.guard.visit(connection.remoteAddress)) {
    throw refused(
      gatekeeping,
      connection,
      'tooMany',
      'too many visits from this address; try again in a minute.',
    );
  }
  return await enter(gatekeeping, connection, params, async () => {
    const received = await gatekeeping.visits.receive(params);
    if ('refused' in received) throw refused(gatekeeping, connection, 'wrong', `params.${received.refused}`);
    return received;
  });
};

/** Opens a session, takes one up or refreshes that of the socket, unless the proof is revoked while this goes on. */
async function enter(
  gatekeeping: Gatekeeping,
  connection: Connection,
  params: Pick<LoginParams, 'sessid' | 'parley'>,
  judge: () => Promise<Authentication>,
): Promise<Reply> {
  const underWay = gatekeeping.loginsUnderWay.begin();
  const cameAt = gatekeeping.clock.now();
  try {
    const authentication = await judge();
    const { session } = connection;
    const resumed = session ?? (await resumable(gatekeeping, claimOf(params, authentication)));
    if (underWay.isRevoked(authentication)) {
      throw refused(gatekeeping, connection, 'wrong', wrongOrExpired);
    }
    if (resumed === undefined && authentication.identity.visit !== undefined) {
      limitVisits(gatekeeping, connection);
    }
    const reply =
      session === null
        ? signIn(gatekeeping, connection, params, authentication, resumed)
        : refresh(gatekeeping, session, params, authentication);
    if (params.parley?.at !== undefined) connection.session?.clockTold(params.parley.at, cameAt);
    return reply;
  } finally {
    underWay.end();
  }
}

function claimOf(
  { sessid, parley }: Pick<LoginParams, 'sessid' | 'parley'>,
  { identity }: Authentication,
): Claim {
  return { sessionId: sessid, credentialId: identity.credentialId, instance: parley?.instance };
}

function limitVisits(gatekeeping: Gatekeeping, connection: Connection): void {
  const { remoteAddress } = connection;
  if (isLoopback(remoteAddress)) return;
  const block = addressBlock(remoteAddress);
  const visits = gatekeeping.directory
    .all()
    .filter((session) => session.identity.visit !== undefined && session.addressBlock === block);
  if (visits.length < visitsOfAddressAtOnce) return;
  const why = 'too many visits at once from this address; try again when one of them has ended.';
  throw refused(gatekeeping, connection, 'tooMany', why);
}

function refused(
  { meter, log }: Gatekeeping,
  { remoteAddress }: Connection,
  reason: LoginRefusal,
  why: string,
): RpcError {
  meter.loginRefused(reason);
  // Those that are not even looked at come in floods.
  if (reason === 'wrong') log.info({ address: remoteAddress }, 'login refused');
  else log.debug({ address: remoteAddress, reason }, 'login refused');
  return new RpcError(RpcErrorCode.loginIncorrect, `Login incorrect: ${why}`);
}

async function authenticate(
  { authenticator, guard }: Gatekeeping,
  { remoteAddress }: Connection,
  { login: user, passwd, login_token: token }: LoginParams,
): Promise<Authentication | null | 'locked'> {
  if (user !== undefined && passwd !== undefined) {
    return await guard.password(user, remoteAddress, () => authenticator.password(user, passwd));
  }
  // Nobody guesses a signature.
  if (token !== undefined) return await authenticator.token(token);
  return null;
}

function signIn(
  gatekeeping: Gatekeeping,
  connection: Connection,
  params: Pick<LoginParams, 'parley'>,
  authentication: Authentication,
  resumed: Session | undefined,
): Reply {
  const { directory, calls, drain, log, withheld } = gatekeeping;
  const offered = (params.parley?.capabilities ?? []).filter((one) => !withheld.has(one));
  if (resumed === undefined && drain.isUnderWay) drain.turnAway(connection);
  // What is opened or resumed for a socket that has closed meanwhile would never be told that it is gone.
  if (!connection.isOpen) return { result: {} };
  resumed?.connection?.release(CloseCode.displaced, 'the session goes on at another socket');
  const session =
    resumed ?? directory.open(authentication, new Set(grantable.filter((one) => offered.includes(one))));
  const word = wordOf(session, params);
  session.instance = word?.instance;
  session.proof = authentication;
  session.connection = connection;
  session.addressBlock = addressBlock(connection.remoteAddress);
  directory.attached(session);
  connection.authenticated(session);
  if (calls.callIds(session).length > 0) connection.paced('inCall');
  const { sipUsername: user, visit } = session.identity;
  if (resumed === undefined) visit?.begin();
  log.info({ sessionId: session.ids.id, user, resumed: resumed !== undefined }, 'signed in');
  return {
    result: {
      message: 'logged in',
      sessid: session.ids.id,
      ...grants(gatekeeping, session, params),
    },
    afterwards: () => {
      for (const callId of word?.ended ?? []) calls.endedAtClient(session, callId, causes.normalClearing);
      const tellAgain = calls.resume(session, word?.calls ?? null);
      session.push('telnyx_rtc.clientReady', { reattached_sessions: calls.callIds(session) });
      tellAgain();
      if (visit !== undefined) {
        const conversation = { id: visit.conversationId };
        session.push('ai_conversation', { type: 'conversation.created', conversation });
      }
    },
  };
}

/** What a client says of its run and of its calls, where it was granted that it counts. */
function wordOf(session: Session, { parley }: Pick<LoginParams, 'parley'>) {
  if (parley === undefined || !session.granted.has('recovery')) return null;
  const { instance, ended = [], calls } = parley;
  const sameRun = instance !== undefined && instance === session.instance;
  return { instance, ended, calls: calls === undefined ? null : { calls, sameRun } };
}

/** What a client gets that knows of capabilities: a session keeps its own, and tells them at each login. */
function grants(
  { iceGrants, clock }: Gatekeeping,
  session: Session,
  { parley }: Pick<LoginParams, 'parley'>,
): { parley?: GatewayExtension } {
  const knowsOfThem = session.granted.size > 0 || (parley?.capabilities.length ?? 0) > 0;
  if (!knowsOfThem) return {};
  const { expiresAt, tokenId } = session.proof;
  const granted = [...session.granted];
  const iceServers = iceGrants.serversFor(session);
  if (expiresAt === null || tokenId === null) return { parley: { granted, iceServers } };
  const expiresIn = Math.max(0, Math.floor((expiresAt - clock.now()) / 1000));
  return { parley: { granted, iceServers, expiresIn } };
}

/** New credentials on a socket that is signed in already. Its session goes on, whatever `sessid` the client sends. */
function refresh(
  gatekeeping: Gatekeeping,
  session: Session,
  params: Pick<LoginParams, 'parley'>,
  authentication: Authentication,
): Reply {
  if (authentication.identity.credentialId !== session.identity.credentialId) {
    throw new RpcError(
      RpcErrorCode.loginIncorrect,
      'Login incorrect: this socket is signed in as somebody else; open another one.',
    );
  }
  const { calls, directory, log } = gatekeeping;
  session.proof = authentication;
  directory.refreshed(session);
  log.info({ sessionId: session.ids.id, user: session.identity.sipUsername }, 'credentials refreshed');
  const callIds = calls.callIds(session);
  return {
    result: { message: 'logged in', sessid: session.ids.id, ...grants(gatekeeping, session, params) },
    // An empty list would end calls that only the client knows of.
    afterwards: () => {
      session.push('telnyx_rtc.clientReady', callIds.length === 0 ? {} : { reattached_sessions: callIds });
    },
  };
}
