import { type Edge, type EdgeNode, readAddress } from './edge-nodes.ts';

/**
 * The configuration of HAProxy before several nodes. A connection goes, by the first of these that holds:
 *
 * 1. `rtc_ip` and `rtc_port`: to the node of that address; to none where no node has it
 * 2. `canary=true`: back to its canary node, else to any canary node
 * 3. `voice_sdk_id` of a node that is up: back to that node; with `skip_last_voice_sdk_id=true` to any other
 * 4. a region before the host: to any node of that region; to none where no node has it
 * 5. to any node, but never to a canary
 *
 * Each destination is a rule of its own that names a node: nothing that a client says is ever used as an address.
 */
export function haproxyConfig(edge: Edge): string {
  const { nodes } = edge;
  const groups = groupsOf(nodes);
  return [
    head,
    frontend(edge, groups),
    ...nodes.map((node) => [
      `backend node_${node.id}`,
      '    option httpchk GET /readyz',
      '    http-check expect status 200',
      `    server ${node.id} ${node.address} check inter 2s fall 2 rise 1`,
      '',
    ]),
    ...[...groups].map(([name, members]) => [
      `backend ${name}`,
      '    balance leastconn',
      ...members.map(({ id, address }) => `    server ${id} ${address} track node_${id}/${id}`),
      '',
    ]),
  ]
    .flat()
    .join('\n');
}

const head = [
  '# Written by parley-gateway edge-config. Write it anew rather than change it.',
  'global',
  '    log stderr format raw local0 notice',
  '',
  'defaults',
  '    mode http',
  '    log global',
  '    option redispatch',
  '    timeout connect 5s',
  '    timeout client 30s',
  '    timeout server 30s',
  '    timeout http-request 10s',
  '    # A WebSocket is silent for as long as nobody calls; clients and gateway find dead ones by themselves.',
  '    timeout tunnel 1h',
  '    timeout client-fin 10s',
  '',
];

type Groups = ReadonlyMap<string, readonly EdgeNode[]>;

/** The sets of nodes that a connection may go to any of. An empty one would refuse everybody, so it is left out. */
function groupsOf(nodes: readonly EdgeNode[]): Groups {
  const stable = nodes.filter(({ canary }) => !canary);
  const regions = [...new Set(stable.map(({ region }) => region))];
  const sets: [string, EdgeNode[]][] = [
    ['canary', nodes.filter(({ canary }) => canary)],
    ['stable', stable],
    ...regions.map((region): [string, EdgeNode[]] => [`region_${region}`, inRegion(stable, region)]),
  ];
  for (const { id, region } of stable) {
    const others = stable.filter((node) => node.id !== id);
    sets.push([`not_${id}`, others], [`region_${region}_not_${id}`, inRegion(others, region)]);
  }
  return new Map(sets.filter(([, members]) => members.length > 0));
}

function inRegion(nodes: readonly EdgeNode[], region: string): EdgeNode[] {
  return nodes.filter((node) => node.region === region);
}

function frontend({ hosts, bind, certificate, watchers, nodes }: Edge, groups: Groups): string[] {
  const regions = [...groups.keys()].flatMap((name) => /^region_([^_]+)$/.exec(name)?.[1] ?? []);
  return indented('frontend public', [
    certificate === undefined
      ? `bind ${bind ?? ':80'}`
      : `bind ${bind ?? ':443'} ssl crt ${certificate} alpn http/1.1 ssl-min-ver TLSv1.2`,
    '',
    '# What a client claims about itself counts for nothing.',
    'http-request set-header X-Forwarded-For %[src]',
    `http-request set-header X-Forwarded-Proto ${certificate === undefined ? 'http' : 'https'}`,
    '',
    ...watching(watchers),
    '# Which region the host asks for, if any. A dot at its end says only that the name is whole.',
    'http-request set-var(txn.host) req.hdr(host),field(1,:),lower,rtrim(.)',
    ...regions.flatMap((region) =>
      hosts.map(
        (host) =>
          `http-request set-var(txn.region) str(${region}) if { var(txn.host) -m str ${region}.${host.toLowerCase()} }`,
      ),
    ),
    ...hosts.map(
      (host) =>
        `http-request deny deny_status 421 if { var(txn.host) -m end .${host.toLowerCase()} } !{ var(txn.region) -m found }`,
    ),
    'acl regional var(txn.region) -m found',
    '',
    '# Which node is asked for by its address.',
    'acl direct url_param(rtc_ip) -m found',
    'acl direct url_param(rtc_port) -m found',
    ...nodes.flatMap(({ id, address }) => {
      const { ip, port = '' } = readAddress(address) ?? {};
      if (ip === undefined) return [];
      return [
        `http-request set-var(txn.node) str(${id}) if { url_param(rtc_ip) -m str ${ip} } { url_param(rtc_port) -m str ${port} }`,
      ];
    }),
    'http-request deny deny_status 404 if direct !{ var(txn.node) -m found }',
    '',
    '# Which node holds the session, or the call that a report is about.',
    'http-request set-var(txn.id) req.hdr(x-voice-sdk-id)',
    'http-request set-var(txn.id) url_param(voice_sdk_id) if { url_param(voice_sdk_id) -m found }',
    'acl skip url_param(skip_last_voice_sdk_id) -m str true',
    'acl canary url_param(canary) -m str true',
    'acl report path /call_report',
    ...nodes.map(({ id }) => `acl of_${id} var(txn.id) -m beg ${id}-`),
    ...nodes.map(({ id }) => `acl up_${id} nbsrv(node_${id}) gt 0`),
    ...nodes.map(({ id, region }) => `acl near_${id} var(txn.region) -m str ${region}`),
    groups.has('canary') ? '' : 'http-request deny deny_status 503 if canary',
    '',
    ...routes(nodes, groups, regions),
  ]);
}

function watching(watchers: readonly string[]): string[] {
  // A node's router decodes paths, so `/%6detrics` is the same.
  const watched = 'acl watched path,url_dec -m beg /metrics /readyz';
  if (watchers.length === 0) return [watched, 'http-request deny deny_status 404 if watched', ''];
  return [
    '# For who watches over the nodes, and nobody else.',
    watched,
    `acl watcher src ${watchers.join(' ')}`,
    'http-request deny deny_status 404 if watched !watcher',
    '',
  ];
}

function routes(nodes: readonly EdgeNode[], groups: Groups, regions: readonly string[]): string[] {
  const stable = nodes.filter(({ canary }) => !canary);
  const canaries = nodes.filter(({ canary }) => canary);
  const others = (node: EdgeNode) => (groups.has(`not_${node.id}`) ? `not_${node.id}` : 'stable');
  const nearOthers = (node: EdgeNode) => {
    const name = `region_${node.region}_not_${node.id}`;
    return groups.has(name) ? name : `region_${node.region}`;
  };
  return [
    ...nodes.map(({ id }) => `use_backend node_${id} if { var(txn.node) -m str ${id} }`),
    ...canaries.flatMap(({ id }) => [
      `use_backend node_${id} if canary !skip of_${id} up_${id}`,
      `use_backend node_${id} if report of_${id} up_${id}`,
    ]),
    ...(groups.has('canary') ? ['use_backend canary if canary'] : []),
    ...stable.flatMap((node) => [
      `use_backend ${nearOthers(node)} if skip of_${node.id} near_${node.id} { nbsrv(${nearOthers(node)}) gt 0 }`,
      `use_backend ${others(node)} if skip of_${node.id} !regional { nbsrv(${others(node)}) gt 0 }`,
      `use_backend node_${node.id} if of_${node.id} up_${node.id} near_${node.id}`,
      `use_backend node_${node.id} if of_${node.id} up_${node.id} !regional`,
    ]),
    ...regions.map((region) => `use_backend region_${region} if { var(txn.region) -m str ${region} }`),
    ...(groups.has('stable') ? ['default_backend stable'] : []),
  ];
}

function indented(title: string, lines: readonly string[]): string[] {
  return [title, ...lines.map((line) => (line === '' ? '' : `    ${line}`)), ''];
}
