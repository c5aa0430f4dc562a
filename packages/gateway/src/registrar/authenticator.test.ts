import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemRandom } from '../node/clock.ts';
import { createDataKey } from '../store/data-key.ts';
import { openStore } from '../store/open-store.ts';
import { DuplicateError, type Store } from '../store/store.ts';
import { seedDemo } from './demo.ts';
import { createPasswordHasher } from './password-hash.ts';
import { openRegistrar, type Registrar } from './registrar.ts';

// Real databases and sockets take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const startOfTest = 1_763_800_000_000;
const hour = 3_600_000;

let folder: string;
let store: Store;
let registrar: Registrar;
let now = startOfTest;
const quickHasher = createPasswordHasher({ ln: 4, r: 1, p: 1 });
const dataKey = createDataKey(randomBytes(32));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-registrar-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  now = startOfTest;
  store = await openStore({ data: join(folder, randomBytes(4).toString('hex')), databaseUrl: null });
  registrar = await openRegistrar({
    store,
    dataKey,
    random: systemRandom,
    now: () => now,
    hasher: quickHasher,
  });
  return () => store.close();
});

async function milliseconds(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

describe('a password', () => {
  it('right, opens the identity that was given', async () => {
    const { credential } = await registrar.provisioning.create({
      name: 'Sales',
      sipUsername: 'alice',
      password: 'correct horse ä',
      displayName: 'Alice A.',
      callerNumbers: ['+15550100'],
      generateRingback: false,
      maxCalls: 2,
    });
    expect(await registrar.authenticator.password('alice', 'correct horse ä')).toEqual({
      identity: {
        credentialId: credential.id,
        sipUsername: 'alice',
        displayName: 'Alice A.',
        callerNumbers: ['+15550100'],
        generateRingback: false,
        maxCalls: 2,
      },
      expiresAt: null,
      tokenId: null,
    });
  });

  it('made up, opens too and is hard to guess', async () => {
    const { credential, password } = await registrar.provisioning.create({ name: 'x' });
    expect(password).toMatch(/^[0-9a-f]{32}$/);
    expect(await registrar.authenticator.password(credential.sipUsername, password)).not.toBeNull();
  });

  it.each([
    ['alice', 'wrong'],
    ['alice', ''],
    ['alice', 'alic'],
    ['alice', 'alice\0'],
    ['alice', 'a'.repeat(1_000_000)],
    ['Alice', 'alice'],
    ['nobody', 'alice'],
    ['', ''],
    ["' or 1=1 --", 'alice'],
    ['__proto__', 'alice'],
  ])('of %j, that is not theirs, opens nothing', async (login, password) => {
    await registrar.provisioning.create({ name: 'Alice', sipUsername: 'alice', password: 'alice' });
    expect(await registrar.authenticator.password(login, password)).toBeNull();
  });

  it('wrong for a user and for nobody, takes a slow hash for both; a right one needs none', async () => {
    const { authenticator, provisioning } = await openRegistrar({
      store,
      dataKey,
      random: systemRandom,
      now: () => now,
    });
    await provisioning.create({ name: 'Alice', sipUsername: 'alice', password: 'alice' });
    const wrong = await milliseconds(() => authenticator.password('alice', 'wrong'));
    const nobody = await milliseconds(() => authenticator.password('nobody', 'wrong'));
    const hundredRight = await milliseconds(() =>
      Promise.all(Array.from({ length: 100 }, () => authenticator.password('alice', 'alice'))),
    );
    expect(Math.min(wrong, nobody)).toBeGreaterThan((10 * hundredRight) / 100);
  }, 60_000);

  it('is nowhere in the store', async () => {
    const { credential } = await registrar.provisioning.create({
      name: 'Alice',
      sipUsername: 'alice',
      password: 'hunter22',
    });
    const stored = JSON.stringify([
      await store.credentials.find(credential.id),
      await store.credentials.findSecrets(credential.id),
    ]);
    expect(stored).not.toContain('hunter22');
    expect(stored).toContain('$scrypt$');
  });

  it('of an expired or deleted credential, opens nothing', async () => {
    const { credential } = await registrar.provisioning.create({
      name: 'Alice',
      sipUsername: 'alice',
      password: 'alice',
      expiresAt: startOfTest + hour,
    });
    const { authenticator } = registrar;
    expect(await authenticator.password('alice', 'alice')).toMatchObject({ expiresAt: startOfTest + hour });
    now += hour;
    expect(await authenticator.password('alice', 'alice')).toBeNull();
    expect(await authenticator.isUser('alice')).toBe(false);
    now -= hour;
    await store.credentials.delete(credential.id, now);
    expect(await authenticator.password('alice', 'alice')).toBeNull();
  });
});

describe('a user name', () => {
  it('that exists, is a user, in that spelling', async () => {
    await registrar.provisioning.create({ name: 'Alice', sipUsername: 'alice' });
    expect(await registrar.authenticator.isUser('alice')).toBe(true);
    expect(await registrar.authenticator.isUser('Alice')).toBe(false);
    expect(await registrar.authenticator.isUser('bob')).toBe(false);
  });

  it('given twice, is refused the second time', async () => {
    await registrar.provisioning.create({ name: 'Alice', sipUsername: 'alice' });
    const again = registrar.provisioning.create({ name: 'Alice', sipUsername: 'alice' });
    await expect(again).rejects.toThrow(DuplicateError);
  });
});

describe('a token', () => {
  it('fresh, opens for 24 hours', async () => {
    const { credential } = await registrar.provisioning.create({ name: 'Alice', sipUsername: 'alice' });
    const token = await registrar.tokens.issue(credential.id, null);
    const found = await registrar.authenticator.token(token);
    expect(found).toMatchObject({ identity: { sipUsername: 'alice' }, expiresAt: startOfTest + 24 * hour });
    now += 24 * hour - 1000;
    expect(await registrar.authenticator.token(token)).not.toBeNull();
    now += 7000;
    expect(await registrar.authenticator.token(token)).toBeNull();
  });

  it('of a credential that expires sooner, expires with it', async () => {
    const expiresAt = startOfTest + hour;
    const { credential } = await registrar.provisioning.create({ name: 'x', expiresAt });
    const token = await registrar.tokens.issue(credential.id, credential.expiresAt);
    expect(await registrar.authenticator.token(token)).toMatchObject({ expiresAt });
    now = expiresAt;
    expect(await registrar.authenticator.token(token)).toBeNull();
  });

  it('of a credential whose expiry was moved closer, expires with it', async () => {
    const { credential } = await registrar.provisioning.create({ name: 'x' });
    const token = await registrar.tokens.issue(credential.id, null);
    await store.credentials.update(credential.id, { expiresAt: startOfTest + hour }, now);
    expect(await registrar.authenticator.token(token)).toMatchObject({ expiresAt: startOfTest + hour });
  });

  it('of a deleted credential, opens nothing', async () => {
    const { credential } = await registrar.provisioning.create({ name: 'x' });
    const token = await registrar.tokens.issue(credential.id, null);
    await store.credentials.delete(credential.id, now);
    expect(await registrar.authenticator.token(token)).toBeNull();
  });

  it('revoked, opens nothing; another one of the same credential does', async () => {
    const { credential } = await registrar.provisioning.create({ name: 'x' });
    const [token, other] = [
      await registrar.tokens.issue(credential.id, null),
      await registrar.tokens.issue(credential.id, null),
    ];
    const claims = await registrar.tokens.verify(token);
    await store.revocations.revokeToken(claims?.jti ?? '', now);
    expect(await registrar.authenticator.token(token)).toBeNull();
    expect(await registrar.authenticator.token(other)).not.toBeNull();
  });

  it('issued before a restart, opens after it', async () => {
    const { credential } = await registrar.provisioning.create({ name: 'x' });
    const token = await registrar.tokens.issue(credential.id, null);
    const restarted = await openRegistrar({ store, dataKey, random: systemRandom, now: () => now });
    expect(await restarted.authenticator.token(token)).not.toBeNull();
  });
});

describe('a data key of another database', () => {
  it('is refused when the gateway starts', async () => {
    const other = openRegistrar({
      store,
      dataKey: createDataKey(randomBytes(32)),
      random: systemRandom,
      now: () => now,
    });
    await expect(other).rejects.toThrow(/put back the file data\.key/);
  });
});

describe('the demonstration', () => {
  it('seeded twice, has alice and bob and tells its API key once', async () => {
    const first = await seedDemo(store, registrar.provisioning, now);
    const second = await seedDemo(store, registrar.provisioning, now);
    expect(first.apiKey).toMatch(/^KEY[\w-]{43}$/);
    expect(second.apiKey).toBeUndefined();
    expect(await registrar.authenticator.password('alice', 'alice')).not.toBeNull();
    expect(await registrar.authenticator.password('bob', 'bob')).not.toBeNull();
  });
});
