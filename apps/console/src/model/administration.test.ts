import { describe, expect, it } from 'vitest';
import {
  type Administration,
  type AdministrationEvent,
  LOCKED,
  administration,
  simulationPath,
} from './administration.ts';

const run = (...events: AdministrationEvent[]): Administration => events.reduce(administration, LOCKED);

const asked = { type: 'asked' } as const;
const listed = (status: number, body: unknown) => ({ type: 'listed', answer: { status, body } }) as const;
const made = (status: number, body: unknown) =>
  ({ type: 'made', fault: 'drop', answer: { status, body } }) as const;
const TWO = listed(200, {
  data: [
    {
      id: '1',
      sip_username: 'alice',
      state: 'attached',
      calls: [{ state: 'established' }, { state: 'ringing' }],
    },
    { id: '2', sip_username: 'bob', state: 'held', calls: [] },
  ],
});
const refusal = (status: number) => made(status, { errors: [{ detail: 'It is held.' }] });

describe('the administration of a gateway', () => {
  it('lists its sessions to a key that it knows', () => {
    expect(run(asked, TWO)).toEqual({
      status: 'open',
      isAsking: false,
      problem: '',
      made: '',
      sessions: [
        { id: '1', user: 'alice', isHeld: false, calls: 1 },
        { id: '2', user: 'bob', isHeld: true, calls: 0 },
      ],
    });
  });

  it.each([
    [0, undefined, 'The gateway does not answer.'],
    [401, { errors: [{ detail: 'Bearer' }] }, 'The gateway does not know this API key.'],
    [500, 'not what was expected', 'The gateway answered with 500.'],
  ])('with the status %i stays locked, and says why', (status, body, problem) => {
    expect(run(asked, listed(status, body))).toEqual({ ...LOCKED, problem });
  });

  it('tells what was made, and keeps the list', () => {
    expect(run(asked, TWO, asked, made(200, { data: {} }))).toMatchObject({
      made: 'drop',
      sessions: [{ id: '1' }, { id: '2' }],
    });
  });

  it('tells in its own words what it will not do; the next try takes them away', () => {
    const refused = run(asked, TWO, asked, refusal(422));
    expect(refused).toMatchObject({ status: 'open', problem: 'It is held.', made: '' });
    expect(administration(refused, asked)).toMatchObject({ isAsking: true, problem: '' });
  });

  it('is locked again by a key that was revoked meanwhile', () => {
    expect(run(asked, TWO, asked, refusal(401)).status).toBe('locked');
  });

  it('is locked when the key is forgotten, whatever still comes in', () => {
    expect(run(asked, { type: 'forgotten' }, TWO)).toEqual(LOCKED);
    expect(run(asked, TWO, asked, { type: 'forgotten' }, made(200, {}))).toEqual(LOCKED);
  });

  it('has what is no list of sessions for an empty one', () => {
    expect(run(asked, listed(200, null))).toMatchObject({ status: 'open', sessions: [] });
  });
});

it('the id of a session cannot lead to another path', () => {
  expect(simulationPath('../x?y')).toBe('sessions/..%2Fx%3Fy/simulate');
});
