import { createGateway, type Gateway } from '../gateway.ts';
import type { Settings } from '../config/settings.ts';
import { type Command, CommandError, type CommandPorts } from './cli-command.ts';

const patienceMs = 5_000;

export const start: Command = {
  usage: '[OPTION]…',
  help: 'runs the gateway until it is told to stop',
  async run({ settings }, ports) {
    // From the start on: who reads the ready line may send a signal at once.
    const toldToStop = listenForSignals(ports);
    const gateway = await createGateway(settings).catch((error: unknown) => {
      throw explained(error, settings);
    });
    announce(gateway, ports);
    await toldToStop;
    await gateway.close();
    // By now nothing should be left to wait for; whoever told the process to stop must not wait for what is.
    setTimeout(() => {
      ports.complain('Something did not end with the gateway.');
      process.exit(1);
    }, patienceMs).unref();
    return 0;
  },
};

function announce({ url, demoApiKey, notices }: Gateway, ports: CommandPorts): void {
  for (const notice of notices) ports.complain(notice);
  if (demoApiKey !== undefined) ports.print(`API key of the demonstration, shown this once: ${demoApiKey}`);
  ports.print(`Parley is ready: ${url}`);
}

/** The first signal ends the calls in good order; a second one ends the process. */
function listenForSignals(ports: CommandPorts): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = () => {
      if (asked) process.exit(1);
      asked = true;
      ports.complain('Calls may end first; a second signal stops at once.');
      resolve();
    };
    process.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', stop);
  });
}

function explained(error: unknown, settings: Settings): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const { host, port } = settings;
  switch (error.code) {
    case 'EADDRINUSE':
      return new CommandError(
        `Port ${String(port)} of ${host} is in use: stop the program that uses it, or give another --port.`,
      );
    case 'EACCES':
      return new CommandError(
        `Port ${String(port)} may not be used by this user: give a --port above 1023. (${error.message})`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new CommandError(`${host} is no address of this machine: give another --host.`);
    case 'ENOENT':
      return new CommandError(`A file is missing: ${error.message}.`);
    default:
      return error;
  }
}
