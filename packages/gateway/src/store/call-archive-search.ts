import { type Expression, type ExpressionBuilder, sql, type SqlBool } from 'kysely';
import type { CallFilter } from './archived-calls.ts';
import type { Schema } from './schema.ts';

/** @returns the condition on a call that a search stands for */
export function matching(
  expression: ExpressionBuilder<Schema, 'archived_calls'>,
  { credentialId, user, number, callId, from, to, cause, minMos, maxMos }: CallFilter,
): Expression<SqlBool> {
  const withLeg = (column: 'credential_id' | 'user' | 'call_id', value: string) =>
    expression.exists(
      expression
        .selectFrom('archived_legs')
        .select('archived_legs.id')
        .whereRef('archived_legs.call', '=', 'archived_calls.id')
        .where(`archived_legs.${column}`, '=', value),
    );
  const having = (column: 'caller_number' | 'destination', part: string) =>
    sql<SqlBool>`lower(${expression.ref(column)}) like ${`%${escaped(part.toLowerCase())}%`} escape '!'`;
  const rated = (comparison: '>=' | '<=', mos: number) =>
    expression.and([
      expression('mos_seconds', '>', 0),
      expression(
        'mos_sum',
        comparison,
        expression(
          // By itself PostgreSQL takes it for a whole number.
          expression.cast<number>(expression.val(mos), 'double precision'),
          '*',
          expression.ref('mos_seconds'),
        ),
      ),
    ]);
  const conditions: Expression<SqlBool>[] = [];
  if (credentialId !== undefined) conditions.push(withLeg('credential_id', credentialId));
  if (user !== undefined) conditions.push(withLeg('user', user));
  if (number !== undefined)
    conditions.push(expression.or([having('caller_number', number), having('destination', number)]));
  if (callId !== undefined)
    conditions.push(expression.or([expression('id', '=', callId), withLeg('call_id', callId)]));
  if (from !== undefined) conditions.push(expression('started_at', '>=', from));
  if (to !== undefined) conditions.push(expression('started_at', '<', to));
  if (cause !== undefined) conditions.push(expression('cause', '=', cause));
  if (minMos !== undefined) conditions.push(rated('>=', minMos));
  if (maxMos !== undefined) conditions.push(rated('<=', maxMos));
  return expression.and(conditions);
}

const escaped = (part: string): string => part.replaceAll(/[!%_]/g, (wild) => `!${wild}`);
