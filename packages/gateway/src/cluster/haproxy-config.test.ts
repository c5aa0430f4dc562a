import { describe, expect, it } from 'vitest';
import { readEdge } from './edge-nodes.ts';
import { haproxyConfig } from './haproxy-config.ts';

const n1 = { id: 'n1', address: '10.0.0.11:8080', region: 'eu' };

function configOf(edge: object): string {
  const read = readEdge(edge);
  if (!('nodes' in read)) throw new Error(read.join('\n'));
  return haproxyConfig(read);
}

describe('the nodes of an edge', () => {
  it.each<[string, unknown, string]>([
    ['no object', [], 'The content'],
    ['no nodes', { nodes: [] }, 'nodes must name a node at the least.'],
    ['an id that could begin another', { nodes: [{ ...n1, id: 'n1-' }] }, 'nodes.0.id must be 1 to 32'],
    [
      'an address without a port',
      { nodes: [{ ...n1, address: '10.0.0.11' }] },
      'nodes.0.address must be HOST:PORT',
    ],
    [
      'an address with more',
      { nodes: [{ ...n1, address: '10.0.0.11:80 backup' }] },
      'nodes.0.address must be',
    ],
    [
      'a line in a region',
      { nodes: [{ ...n1, region: 'eu\nfrontend x' }] },
      'nodes.0.region must be a label',
    ],
    ['a host that is none', { nodes: [n1], hosts: ['a b'] }, 'hosts.0 must be a host name'],
    ['a file with a quote', { nodes: [n1], certificate: "/etc/it's.pem" }, 'certificate must be a path'],
    ['a member too many', { nodes: [{ ...n1, weight: 1 }] }, 'There is no member nodes.0.weight.'],
    [
      'two of one id',
      { nodes: [n1, { ...n1, address: '10.0.0.12:8080' }] },
      'nodes.1.id is that of another node.',
    ],
    ['two of one address', { nodes: [n1, { ...n1, id: 'n2' }] }, 'nodes.1.address is that of another node.'],
  ])('with %s are refused, by name', (_what, edge, mistake) => {
    expect(readEdge(edge)).toContainEqual(expect.stringContaining(mistake));
  });
});

describe('the configuration of HAProxy', () => {
  it('routes by node, region and canary, and refuses what it does not know', () => {
    const config = configOf({
      hosts: ['Calls.example.com'],
      certificate: '/etc/haproxy/parley.pem',
      nodes: [
        n1,
        { id: 'n2', address: '[2001:db8::2]:8080', region: 'apac' },
        { id: 'c1', address: 'c:1', region: 'eu', canary: true },
      ],
    });
    for (const line of [
      'bind :443 ssl crt /etc/haproxy/parley.pem alpn http/1.1 ssl-min-ver TLSv1.2',
      'http-request set-var(txn.region) str(apac) if { var(txn.host) -m str apac.calls.example.com }',
      'http-request deny deny_status 421 if { var(txn.host) -m end .calls.example.com } !{ var(txn.region) -m found }',
      'http-request set-var(txn.node) str(n2) if { url_param(rtc_ip) -m str 2001:db8::2 } { url_param(rtc_port) -m str 8080 }',
      'http-request set-var(txn.host) req.hdr(host),field(1,:),lower,rtrim(.)',
      'acl watched path,url_dec -m beg /metrics /readyz',
      'http-request deny deny_status 404 if watched',
      'use_backend node_n1 if of_n1 up_n1 near_n1',
      'use_backend canary if canary',
      'default_backend stable',
    ]) {
      expect(config).toContain(`    ${line}\n`);
    }
    expect(config.slice(config.indexOf('backend stable'))).not.toMatch(/backend stable\n[^b]*server c1/);
  });

  it('of nodes without a canary, refuses who asks for one', () => {
    expect(configOf({ nodes: [n1] })).toContain('http-request deny deny_status 503 if canary');
  });
});
