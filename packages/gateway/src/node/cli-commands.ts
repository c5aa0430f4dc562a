import { settingsHelp } from '../config/settings-schema.ts';
import { environmentNameOf, optionOf, readCommandLine } from '../config/settings-sources.ts';
import { SettingsError } from '../config/settings.ts';
import { createAssistant, deleteAssistant, listAssistants } from './cli-assistant.ts';
import { createApiKey, listApiKeys, revokeApiKey } from './cli-api-key.ts';
import { backup, restore } from './cli-backup.ts';
import { type Command, CommandError, type CommandPorts, table } from './cli-command.ts';
import { createCredential, deleteCredential, listCredentials } from './cli-credential.ts';
import { doctor } from './cli-doctor.ts';
import { edgeConfig } from './cli-edge-config.ts';
import { start } from './cli-start.ts';
import { token } from './cli-token.ts';
import { version } from './own-files.ts';

const commands: ReadonlyMap<string, Command> = new Map([
  ['start', start],
  ['api-key create', createApiKey],
  ['api-key list', listApiKeys],
  ['api-key revoke', revokeApiKey],
  ['credential create', createCredential],
  ['credential list', listCredentials],
  ['credential delete', deleteCredential],
  ['token', token],
  ['assistant create', createAssistant],
  ['assistant list', listAssistants],
  ['assistant delete', deleteAssistant],
  ['backup', backup],
  ['restore', restore],
  ['edge-config', edgeConfig],
  ['doctor', doctor],
]);

/** @returns the exit code: 0, 1 for what failed, 2 for what was not understood */
export async function runCommand(args: readonly string[], ports: CommandPorts): Promise<number> {
  if (args.length === 0 || args.includes('--help') || args.includes('-h')) {
    for (const line of help()) ports.print(line);
    return args.length === 0 ? 2 : 0;
  }
  if (args[0] === '--version') {
    ports.print(version);
    return 0;
  }
  const words = commands.has(args.slice(0, 2).join(' ')) ? 2 : 1;
  const command = commands.get(args.slice(0, words).join(' '));
  if (command === undefined) {
    ports.complain(`There is no command "${String(args[0])}": parley-gateway --help lists them all.`);
    return 2;
  }
  try {
    return (
      (await command.run(await readCommandLine(args.slice(words), ports.environment, command), ports)) ?? 0
    );
  } catch (error) {
    return complainOf(error, ports);
  }
}

function complainOf(error: unknown, { complain }: CommandPorts): number {
  if (error instanceof SettingsError) {
    for (const mistake of error.mistakes) complain(mistake);
    return 2;
  }
  if (error instanceof CommandError) complain(error.message);
  else complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 1;
}

function help(): string[] {
  const options = [...settingsHelp].map(([setting, { placeholder, text }]) => [
    `  --${optionOf(setting)}${placeholder === undefined ? '' : ` ${placeholder}`}`,
    environmentNameOf(setting),
    text,
  ]);
  return [
    'Usage: parley-gateway COMMAND [OPTION]…',
    '',
    'Commands:',
    ...[...commands].flatMap(([name, { usage, help }]) => [`  ${name} ${usage}`.trimEnd(), `      ${help}`]),
    '',
    'Options, and the environment variables that do the same:',
    ...table([
      ...options,
      ['  --config FILE', 'PARLEY_CONFIG', 'JSON file of settings; options and environment win over it'],
    ]),
    '',
    'Options that may be repeated take a list with commas too.',
  ];
}
