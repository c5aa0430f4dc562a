import { isIP } from 'node:net';
import { z } from 'zod';

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const hostname = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;

/** Nothing but these characters reaches the configuration, so that no name can add a line to it. */
const nodeSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9]{1,32}$/, { error: 'must be 1 to 32 letters and digits' }),
  address: z.string().refine((text) => readAddress(text) !== undefined, {
    error: 'must be HOST:PORT, such as 10.0.0.11:8080',
  }),
  region: z.string().regex(label, { error: 'must be a label of a host name, such as eu' }),
  canary: z.boolean({ error: 'must be true or false' }).default(false),
});

const edgeSchema = z
  .strictObject({
    hosts: z
      .array(z.string().regex(hostname, { error: 'must be a host name, such as calls.example.com' }))
      .default([]),
    bind: z
      .string()
      .regex(/^[A-Za-z0-9.:*[\]-]*:\d{1,5}$/, { error: 'must be ADDRESS:PORT, such as :443' })
      .optional(),
    certificate: z
      .string()
      .regex(/^[^\s"'\\#]+$/, { error: 'must be a path without spaces and quotes' })
      .optional(),
    watchers: z
      .array(
        z.string().regex(/^[0-9a-fA-F.:]+(\/\d{1,3})?$/, { error: 'must be an IP address or a CIDR range' }),
      )
      .default([]),
    nodes: z.array(nodeSchema).min(1, { error: 'must name a node at the least' }),
  })
  .superRefine(({ nodes }, context) => {
    for (const member of ['id', 'address'] as const) {
      const values = nodes.map((node) => node[member].toLowerCase());
      nodes.forEach((node, index) => {
        if (values.indexOf(node[member].toLowerCase()) === index) return;
        context.addIssue({
          code: 'custom',
          path: ['nodes', index, member],
          message: 'is that of another node',
        });
      });
    }
  });

/** The nodes that stand behind one proxy, and how the proxy is reached. */
export type Edge = z.output<typeof edgeSchema>;
export type EdgeNode = Edge['nodes'][number];

/**
 * @param given the content of a nodes file
 * @returns a sentence for each mistake, where it cannot be used
 */
export function readEdge(given: unknown): Edge | readonly string[] {
  const parsed = edgeSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  return parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `There is no member ${[...issue.path, issue.keys.join(', ')].join('.')}.`
      : `${issue.path.join('.') || 'The content'} ${issue.message}.`,
  );
}

/** @returns undefined where it is none; `ip` only where the host is an address */
export function readAddress(text: string): { ip: string | undefined; port: string } | undefined {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  const ip = host.replace(/^\[(.*)\]$/, '$1');
  const isKnown = isIP(ip) === 6 ? host !== ip : isIP(ip) === 4 || hostname.test(host);
  if (!isKnown || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { ip: isIP(ip) === 0 ? undefined : ip, port };
}
