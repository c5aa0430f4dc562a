import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import type { Random } from '../ports.ts';
import { coturnUrls } from './coturn-config.ts';
import type { IceService } from './ice-grants.ts';
import { ownTurnSecret, readTurnSecret } from './turn-secret.ts';
import { startTurnServer, type TurnServer, type TurnServerPorts } from './turn-server.ts';

export interface IcePorts extends TurnServerPorts {
  random: Random;
}

export interface Ice {
  /** Nothing where clients get no servers. */
  service?: IceService;
  /** The TURN server that the gateway runs itself. */
  turnServer?: TurnServer;
  /** One sentence: why there is none, and how to have one. */
  notice?: string;
}

/**
 * The ICE servers of the settings: those that are named, or coturn on this machine.
 *
 * @throws Error where a secret cannot be read
 */
export async function openIce(settings: Settings, ports: IcePorts): Promise<Ice> {
  const { noTurn, turnUrls, turnSeconds: seconds } = settings;
  if (noTurn) return {};
  if (turnUrls.length > 0)
    return { service: { urls: turnUrls, secret: await sharedSecret(settings), seconds } };
  return await openOwn(settings, ports);
}

async function sharedSecret({ turnSecret, turnSecretFile }: Settings): Promise<string> {
  return turnSecretFile === null ? (turnSecret ?? '') : await readTurnSecret(turnSecretFile);
}

async function openOwn(settings: Settings, ports: IcePorts): Promise<Ice> {
  const { mediaAddresses: addresses, turnSeconds: seconds, data: folder } = settings;
  const without = 'clients whose network lets no UDP out cannot talk';
  const program = await ports.host.findProgram('turnserver');
  if (program === undefined) {
    return {
      notice: `There is no TURN server, so ${without}: install coturn (on Debian, apt-get install coturn), or name another one with --turn-url.`,
    };
  }
  const port = await ports.host.findPort(addresses, settings.turnPort);
  if (typeof port === 'string') {
    return {
      notice: `The TURN server is not started, so ${without}: ${port}`,
    };
  }
  const secret = await ownTurnSecret(folder, ports.random);
  const verbose = ['debug', 'trace'].includes(settings.logLevel);
  // Nodes may share the folder, and the secret with it; each has a server of its own.
  const files = join(folder, `coturn-${settings.nodeId}`);
  const options = { addresses, port, relayPorts: settings.turnRelayPorts, secret, files, verbose };
  const turnServer = await startTurnServer(program, options, ports);
  return { service: { urls: coturnUrls(addresses, port), secret, seconds }, turnServer };
}
