import {
  type Attributes,
  type Context,
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api';
import type { HangupCause } from '@parley/protocol';
import { type CallFacts, legsOfCall } from '../calls/call-changes.ts';
import type { CallState, LegId } from '../calls/call-state.ts';
import { type CallWatch, unwatched, type WatchedMessage } from '../calls/call-watch.ts';
import type { Leg } from '../calls/leg.ts';
import type { Session } from '../sessions/session.ts';

/** Requests whose handling has a span of its own. */
const traced: ReadonlySet<string> = new Set([
  'telnyx_rtc.invite',
  'telnyx_rtc.answer',
  'telnyx_rtc.attach',
  'telnyx_rtc.bye',
]);
/** Of one session: invites of which no call came. */
const mostInvites = 16;

/**
 * Calls as OpenTelemetry spans: one for each call, a child of where its caller's client stands in its trace; one for each
 * leg below it; and one for the handling of each request that sets up or ends it. Nobody's name or number is in them.
 */
export class CallTraces implements CallWatch {
  readonly #tracer: Tracer;
  readonly #calls = new Map<string, Span>();
  readonly #legs = new Map<LegId, Span>();
  readonly #byClient = new WeakMap<Session, Map<string, LegId>>();
  readonly #invites = new WeakMap<Session, Map<string, Span>>();
  readonly #handling = new WeakMap<WatchedMessage, Span>();

  readonly notRestored = unwatched.notRestored;
  readonly media = unwatched.media;
  readonly sent = unwatched.sent;
  readonly debugged = unwatched.debugged;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  received(session: Session, message: WatchedMessage): void {
    if (!traced.has(message.method)) return;
    const leg = this.#legOf(session, message.callId);
    const theirs = message.traceparent === undefined ? undefined : contextOf(message.traceparent);
    const isNew = message.method === 'telnyx_rtc.invite' && leg === undefined;
    const parent = isNew ? this.#invited(session, message.callId, theirs) : leg;
    // What a client's span asked for is its child; the leg that it is about is linked.
    const links: Link[] =
      !isNew && theirs !== undefined && leg !== undefined ? [{ context: leg.spanContext() }] : [];
    const within = isNew || theirs === undefined ? below(parent) : theirs;
    this.#handling.set(message, this.#tracer.startSpan(message.method, { links }, within));
  }

  answered(_session: Session, message: WatchedMessage): void {
    this.#handling.get(message)?.end();
  }

  refusedRequest(_session: Session, message: WatchedMessage, code: number): void {
    const span = this.#handling.get(message);
    span?.setAttribute('rpc.jsonrpc.error_code', code);
    span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  }

  started(facts: CallFacts): void {
    this.#begin(facts);
  }

  refused(facts: CallFacts, cause: HangupCause): void {
    this.#begin(facts);
    this.legEnded(facts.caller, cause);
    this.#ended(facts.id, cause);
  }

  restored(facts: CallFacts): void {
    this.#begin(facts, { 'parley.call.restored': true });
  }

  changed(facts: CallFacts, before: CallState, after: CallState): void {
    if (before.name === 'inviting' && after.name === 'established')
      this.#calls.get(facts.id)?.addEvent('answered');
    if (before.name !== 'ended' && after.name === 'ended') this.#ended(facts.id, after.cause);
  }

  legEnded({ id, session, callId }: Leg, cause: HangupCause): void {
    end(this.#legs.get(id), cause);
    this.#legs.delete(id);
    const legs = this.#byClient.get(session);
    if (legs?.get(callId) === id) legs.delete(callId);
  }

  #invited(session: Session, callId: string, theirs: Context | undefined): Span {
    const span = this.#tracer.startSpan('call', {}, theirs ?? ROOT_CONTEXT);
    const invites = this.#invites.get(session) ?? new Map<string, Span>();
    this.#invites.set(session, invites.set(callId, span));
    const oldest = invites.keys().next();
    if (invites.size > mostInvites && oldest.done !== true) invites.delete(oldest.value);
    return span;
  }

  #begin(facts: CallFacts, more: Attributes = {}): void {
    const { session, callId } = facts.caller;
    const call = this.#invites.get(session)?.get(callId) ?? this.#tracer.startSpan('call', {}, ROOT_CONTEXT);
    this.#invites.get(session)?.delete(callId);
    call.setAttributes({ 'parley.call.id': facts.id, 'parley.call.target': facts.target.kind, ...more });
    this.#calls.set(facts.id, call);
    for (const leg of legsOfCall(facts)) {
      const role = leg === facts.caller ? 'caller' : 'callee';
      const attributes = { 'parley.leg.id': leg.id, 'parley.leg.role': role };
      this.#legs.set(leg.id, this.#tracer.startSpan('leg', { attributes }, below(call)));
      const legs = this.#byClient.get(leg.session) ?? new Map<string, LegId>();
      this.#byClient.set(leg.session, legs.set(leg.callId, leg.id));
    }
  }

  #ended(call: string, cause: HangupCause): void {
    end(this.#calls.get(call), cause);
    this.#calls.delete(call);
  }

  #legOf(session: Session, callId: string): Span | undefined {
    const leg = this.#byClient.get(session)?.get(callId);
    return leg === undefined ? undefined : this.#legs.get(leg);
  }
}

function end(span: Span | undefined, { cause, causeCode }: HangupCause): void {
  span?.setAttributes({ 'parley.cause': cause, 'parley.cause_code': causeCode });
  span?.end();
}

const below = (span: Span | undefined): Context =>
  span === undefined ? ROOT_CONTEXT : trace.setSpan(context.active(), span);

/** @param traceparent of W3C Trace Context, version 00 */
function contextOf(traceparent: string): Context | undefined {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  const remote = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  };
  return trace.isSpanContextValid(remote) ? trace.setSpanContext(ROOT_CONTEXT, remote) : undefined;
}
