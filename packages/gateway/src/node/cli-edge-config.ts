import { readFile } from 'node:fs/promises';
import { readEdge } from '../cluster/edge-nodes.ts';
import { haproxyConfig } from '../cluster/haproxy-config.ts';
import { type Command, CommandError } from './cli-command.ts';

export const edgeConfig: Command = {
  usage: '--nodes FILE',
  help: "prints a configuration of HAProxy that routes clients to the nodes of a JSON file; see the operators' guide",
  options: { nodes: { type: 'string' } },
  run: async ({ options }, { print, complain }) => {
    const file = options.get('nodes');
    if (typeof file !== 'string') {
      complain('--nodes FILE is missing.');
      return 2;
    }
    const edge = readEdge(await readJson(file));
    if (!('nodes' in edge)) {
      for (const mistake of edge) complain(`${file}: ${mistake}`);
      return 2;
    }
    print(haproxyConfig(edge));
    return 0;
  },
};

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${file} cannot be read as JSON: ${why}.`);
  }
}
