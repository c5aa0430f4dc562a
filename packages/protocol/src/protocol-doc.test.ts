import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CloseCode, RpcErrorCode, causes, redialAfter } from './index.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const document = readFileSync(`${root}PROTOCOL.md`, 'utf8');
const rules = document.slice(document.indexOf('## 1. '));

/** A rule is one item of a list: its id, then one sentence or more. */
const ruleLine = /^- \*\*([A-Z]+-\d+)\*\* /;
const ids = rules.split('\n').flatMap((line) => ruleLine.exec(line)?.[1] ?? []);

const testFiles = ['packages', 'tests'].flatMap((folder) =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.test\.tsx?$/.test(path) && !path.includes('node_modules') && !path.includes('dist/'))
    .filter((path) => !path.endsWith('protocol-doc.test.ts'))
    .map((path) => `${root}${folder}/${path}`),
);
const cited = new Set(
  testFiles.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/\b[A-Z]+-\d+\b/g)].map(([id]) => id)),
);

describe('PROTOCOL.md', () => {
  it('gives every MUST an id', () => {
    const bare = rules.split('\n').filter((line) => /\bMUST\b/.test(line) && !ruleLine.test(line));
    expect(bare).toEqual([]);
  });

  it('has no rule without a MUST', () => {
    const idle = rules.split('\n').filter((line) => ruleLine.test(line) && !/\bMUST\b/.test(line));
    expect(idle).toEqual([]);
  });

  it('uses each id once', () => {
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('refers only to rules that exist', () => {
    const families = new Set(ids.map((id) => id.replace(/\d+$/, '')));
    const references = [...rules.matchAll(/\b([A-Z]+-)\d+\b/g)].filter(([, family]) =>
      families.has(family ?? ''),
    );
    expect(references.map(([id]) => id).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('has each rule cited by a test', () => {
    expect(ids.filter((id) => !cited.has(id))).toEqual([]);
  });

  it('has the causes of the table', () => {
    const section = rules.slice(rules.indexOf('## 8. '), rules.indexOf('## 9. '));
    const rows = [...section.matchAll(/\| ([A-Z_]{4,}) +\| (\d+) +\| (\d+|–) +\|/g)];
    const known = Object.values(causes).map(({ cause, causeCode, sipCode }) =>
      [cause, String(causeCode), String(sipCode ?? '–')].join(' '),
    );
    expect(rows.length).toBeGreaterThan(8);
    expect(rows.map(([, ...row]) => row.join(' ')).filter((row) => !known.includes(row))).toEqual([]);
  });

  it('has every close code, and what a client does after it', () => {
    const words = { atOnce: 'at once', withBackoff: 'after a back-off', never: 'not by itself' };
    const rows = [
      ...rules.matchAll(/^\| ([\d, ]{4,}?) +\|.*\| (at once|after a back-off|not by itself) +\|$/gm),
    ];
    const written = rows.flatMap(([, codes, words]) =>
      (codes ?? '').split(', ').map((code) => `${code} ${words ?? ''}`),
    );
    const known = Object.values(CloseCode).map((code) => `${String(code)} ${words[redialAfter(code)]}`);
    expect(written.toSorted()).toEqual(known.toSorted());
  });

  it('has every error code', () => {
    const missing = Object.values(RpcErrorCode).filter((code) => !rules.includes(String(code)));
    expect(missing).toEqual([]);
    expect(Object.values<number>(RpcErrorCode)).not.toContain(-32_000);
  });
});
