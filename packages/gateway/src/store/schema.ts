import type { ColumnType, Generated } from 'kysely';

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
  kind: 'credential' | 'token';
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
}

type Unchanging<Value> = ColumnType<Value, Value, never>;
