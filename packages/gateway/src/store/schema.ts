import type { ColumnType, Generated } from 'kysely';
import type { EngineName } from '../media/engines/engine-messages.ts';
import type { ChunkKind } from './archived-calls.ts';
import type { ConversationItemType } from './assistant-records.ts';

/**
 * The tables, alike in SQLite and PostgreSQL: times are milliseconds of the epoch, truth values 0 and 1, and
 * JSON is text.
 */
export interface Schema {
  credentials: CredentialsTable;
  api_keys: ApiKeysTable;
  signing_keys: SigningKeysTable;
  revocations: RevocationsTable;
  call_reports: CallReportsTable;
  assistants: AssistantsTable;
  assistant_versions: AssistantVersionsTable;
  conversations: ConversationsTable;
  conversation_items: ConversationItemsTable;
  nodes: NodesTable;
  sessions: SessionsTable;
  calls: CallsTable;
  call_legs: CallLegsTable;
  archived_calls: ArchivedCallsTable;
  archived_legs: ArchivedLegsTable;
  archived_chunks: ArchivedChunksTable;
}

interface CredentialsTable {
  id: Unchanging<string>;
  name: string;
  tag: string | null;
  connection_id: string | null;
  sip_username: Unchanging<string>;
  display_name: string;
  caller_numbers: string;
  generate_ringback: number;
  max_calls: number | null;
  password_hash: string;
  sealed_ha1: string;
  created_at: Unchanging<number>;
  updated_at: number;
  expires_at: number | null;
}

interface ApiKeysTable {
  id: string;
  name: string;
  hint: string;
  hash: string;
  created_at: number;
}

interface SigningKeysTable {
  kid: string;
  public_jwk: string;
  sealed_private_jwk: string;
  created_at: number;
}

interface RevocationsTable {
  kind: 'credential' | 'token' | 'assistant';
  subject: string;
  revoked_at: number;
}

interface CallReportsTable {
  /** Puts reports of one millisecond in order. */
  sequence: Generated<number>;
  id: string;
  call_report_id: string;
  call_id: string;
  voice_sdk_id: string | null;
  credential_id: string;
  segment: number | null;
  received_at: number;
  body: string;
  /** SHA-256 of the body; null for a report from before it was kept. */
  hash: string | null;
}

interface AssistantsTable {
  id: Unchanging<string>;
  default_version_id: string;
  created_at: Unchanging<number>;
}

interface AssistantVersionsTable {
  id: string;
  assistant_id: string;
  name: string;
  model: string | null;
  instructions: string | null;
  greeting: string | null;
  greeting_clip: string | null;
  engine: EngineName;
  engine_settings: string;
  created_at: Unchanging<number>;
}

interface ConversationsTable {
  id: Unchanging<string>;
  assistant_id: Unchanging<string>;
  target_params: Unchanging<string>;
  created_at: Unchanging<number>;
  last_item_at: number;
}

interface ConversationItemsTable {
  /** Puts items of one millisecond in order. */
  sequence: Generated<number>;
  id: string;
  conversation_id: string;
  type: ConversationItemType;
  body: string;
  created_at: number;
}

interface NodesTable {
  id: Unchanging<string>;
  epoch: number;
  written_at: number;
}

interface SessionsTable {
  id: Unchanging<string>;
  node_id: Unchanging<string>;
  voice_sdk_id: Unchanging<string>;
  call_report_id: Unchanging<string>;
  credential_id: Unchanging<string>;
  token_id: string | null;
  granted: Unchanging<string>;
  /** Of a visitor: what it has asked for, and what it got. */
  visit: Unchanging<string | null>;
}

interface CallsTable {
  id: Unchanging<string>;
  node_id: Unchanging<string>;
  destination: Unchanging<string>;
  caller_name: Unchanging<string>;
  caller_number: Unchanging<string>;
  established_at: number;
  ended_at: number | null;
  cause: string | null;
  /** What a callee is told with the invite; null once the call is answered. */
  invite: string | null;
}

interface CallLegsTable {
  id: Unchanging<string>;
  /** Ends with it. */
  call: Unchanging<string>;
  side: Unchanging<'caller' | 'callee'>;
  session_id: Unchanging<string>;
  call_id: Unchanging<string>;
  call_report_id: Unchanging<string>;
  credential_id: Unchanging<string>;
  held: number;
}

/** Those of `calls` are for the gateway that goes on with them; these are for people. */
interface ArchivedCallsTable {
  id: Unchanging<string>;
  node_id: Unchanging<string>;
  caller_name: Unchanging<string>;
  caller_number: Unchanging<string>;
  destination: Unchanging<string>;
  caller: Unchanging<string>;
  callee: Unchanging<string | null>;
  started_at: Unchanging<number>;
  answered_at: number | null;
  ended_at: number | null;
  cause: string | null;
  cause_code: number | null;
  mos_seconds: number;
  mos_sum: number;
  worst_mos: number | null;
  worst_at: number | null;
}

interface ArchivedLegsTable {
  id: Unchanging<string>;
  /** Ends with it. */
  call: Unchanging<string>;
  /** In the call; the caller's is 0. */
  place: Unchanging<number>;
  call_id: Unchanging<string>;
  call_report_id: Unchanging<string>;
  role: Unchanging<'caller' | 'callee'>;
  user: Unchanging<string | null>;
  credential_id: Unchanging<string>;
  started_at: Unchanging<number>;
  ended_at: number | null;
  cause: string | null;
  cause_code: number | null;
  clock_offset_ms: number | null;
}

interface ArchivedChunksTable {
  /** Puts chunks in the order in which they were written. */
  sequence: Generated<number>;
  /** Ends with it. */
  leg: string;
  kind: ChunkKind;
  body: string;
}

type Unchanging<Value> = ColumnType<Value, Value, never>;
