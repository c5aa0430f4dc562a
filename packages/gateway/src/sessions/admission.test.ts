import { describe, expect, it } from 'vitest';
import { Admission } from './admission.ts';

describe('admission', () => {
  it('lets so many sockets of an address wait for a login, and no more until one is through', () => {
    const admission = new Admission(3);
    const leave = [1, 2, 3].map(() => admission.enter('192.0.2.1'));
    expect(admission.judge('192.0.2.1')).toBe('tooMany');
    expect(admission.judge('192.0.2.2')).toBe('admitted');
    leave[0]?.();
    leave[0]?.();
    expect(admission.judge('192.0.2.1')).toBe('admitted');
    admission.enter('192.0.2.1');
    expect(admission.judge('192.0.2.1')).toBe('tooMany');
  });

  it('counts the addresses of an IPv6 network of 64 bits as one', () => {
    const admission = new Admission(2);
    admission.enter('2001:db8:1:2::1');
    admission.enter('2001:db8:1:2:ffff::9');
    expect(admission.judge('2001:db8:1:2::3')).toBe('tooMany');
    expect(admission.judge('2001:db8:1:3::3')).toBe('admitted');
  });

  it('has an end for all addresses together, of which this machine is one without a limit of its own', () => {
    const admission = new Admission(2);
    for (let sockets = 0; sockets < 3_999; sockets += 1) admission.enter('127.0.0.1');
    expect(admission.judge('127.0.0.1')).toBe('admitted');
    const leave = admission.enter('127.0.0.1');
    expect(admission.judge('127.0.0.1')).toBe('full');
    expect(admission.judge('192.0.2.1')).toBe('full');
    leave();
    expect(admission.judge('192.0.2.1')).toBe('admitted');
  });
});
