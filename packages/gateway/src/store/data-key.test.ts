import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../config/temporary-folder.fixture.ts';
import { createDataKey, openDataKey } from './data-key.ts';

describe('the data key', () => {
  it('a sealed text, opens to what it was', () => {
    const key = createDataKey(randomBytes(32));
    expect(key.open(key.seal('ä secret', 'ha1 of alice'), 'ha1 of alice')).toBe('ä secret');
    expect(key.open(key.seal('', 'p'), 'p')).toBe('');
  });

  it('a text sealed twice, looks different each time', () => {
    const key = createDataKey(randomBytes(32));
    expect(key.seal('same', 'p')).not.toBe(key.seal('same', 'p'));
  });

  it('a sealed text for another purpose, does not open', () => {
    const key = createDataKey(randomBytes(32));
    expect(key.open(key.seal('secret', 'ha1 of alice'), 'ha1 of bob')).toBeUndefined();
  });

  it('a text sealed by another key, does not open', () => {
    const sealed = createDataKey(randomBytes(32)).seal('secret', 'p');
    expect(createDataKey(randomBytes(32)).open(sealed, 'p')).toBeUndefined();
  });

  it('a sealed text with any byte altered or cut, does not open', () => {
    const key = createDataKey(randomBytes(32));
    const sealed = Buffer.from(key.seal('secret', 'p'), 'base64');
    for (let index = 0; index < sealed.length; index += 1) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(index) ^ 1, index);
      expect(key.open(altered.toString('base64'), 'p')).toBeUndefined();
      expect(key.open(sealed.subarray(0, index).toString('base64'), 'p')).toBeUndefined();
    }
  });

  it('a folder without a key, gets one that only its owner reads', async () => {
    const folder = join(await temporaryFolder(), 'data');
    await openDataKey(folder);
    expect((await stat(join(folder, 'data.key'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('a folder opened many times at once, has one key', async () => {
    const folder = await temporaryFolder();
    const keys = await Promise.all(Array.from({ length: 20 }, () => openDataKey(folder)));
    const sealed = keys.map((key) => key.seal('secret', 'p'));
    for (const key of keys) expect(sealed.every((text) => key.open(text, 'p') === 'secret')).toBe(true);
  });

  it('a damaged key file, is refused and left as it is', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'data.key'), 'short');
    await expect(openDataKey(folder)).rejects.toThrow(/data\.key is not whole/);
    expect(await readFile(join(folder, 'data.key'), 'utf8')).toBe('short');
  });
});
