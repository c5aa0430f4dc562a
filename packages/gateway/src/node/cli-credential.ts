import { creationSchema, toRequest } from '../http/telephony-credential-schemas.ts';
import { listAll } from '../store/listing.ts';
import { DuplicateError, type Credential, type Store } from '../store/store.ts';
import {
  type Command,
  CommandError,
  registrarOf,
  table,
  withExistingStore,
  withStore,
} from './cli-command.ts';

/** Options of `credential create`, by the member of the REST interface that they set. */
const creationOptions = new Map([
  ['password', 'sip_password'],
  ['name', 'name'],
  ['display-name', 'display_name'],
  ['caller-number', 'caller_numbers'],
  ['expires-at', 'expires_at'],
]);

export const createCredential: Command = {
  usage: 'USERNAME [--password P] [--name N] [--display-name N] [--caller-number N]… [--expires-at T]',
  help: 'makes a user, and prints the password this once',
  positionals: ['USERNAME'],
  options: {
    password: { type: 'string' },
    name: { type: 'string' },
    'display-name': { type: 'string' },
    'caller-number': { type: 'string', multiple: true },
    'expires-at': { type: 'string' },
  },
  run: async ({ settings, positionals: [username = ''], options }, { print }) => {
    const body: Record<string, unknown> = { sip_username: username };
    for (const [option, member] of creationOptions) {
      if (options.has(option)) body[member] = options.get(option);
    }
    const { success, data, error } = creationSchema.safeParse(body);
    if (!success)
      throw new CommandError(
        error.issues.map((issue) => `${nameOf(issue.path)} ${issue.message}.`).join('\n'),
      );
    return withStore(settings, async (store) => {
      const { provisioning } = await registrarOf(store, settings);
      const { credential, password } = await provisioning.create(toRequest(data)).catch((cause: unknown) => {
        throw cause instanceof DuplicateError ? new CommandError(cause.message) : cause;
      });
      print(`id        ${credential.id}`);
      print(`username  ${credential.sipUsername}`);
      print(`password  ${password}`);
      return 0;
    });
  },
};

export const listCredentials: Command = {
  usage: '',
  help: 'lists the users, newest first',
  run: async ({ settings }, { print }) =>
    withExistingStore(settings, async ({ credentials }) => {
      const rows = (await listAll((page) => credentials.list({}, page))).map(toRow);
      for (const line of table([['ID', 'USERNAME', 'EXPIRES', 'NAME'], ...rows])) print(line);
      return 0;
    }),
};

export const deleteCredential: Command = {
  usage: 'USERNAME|ID',
  help: 'deletes a user; tokens and sessions of it end',
  positionals: ['USERNAME|ID'],
  run: async ({ settings, positionals: [name = ''] }) =>
    withExistingStore(settings, async (store) => {
      const { id } = await findCredential(store, name);
      await store.credentials.delete(id, Date.now());
      return 0;
    }),
};

/** @throws CommandError where there is none */
export async function findCredential({ credentials }: Store, name: string): Promise<Credential> {
  const found = (await credentials.findByUsername(name)) ?? (await credentials.find(name));
  if (found === undefined)
    throw new CommandError(`There is no user, and no credential with the id, ${name}.`);
  return found;
}

function toRow({ id, sipUsername, expiresAt, name }: Credential): string[] {
  return [id, sipUsername, expiresAt === null ? 'never' : new Date(expiresAt).toISOString(), name];
}

function nameOf([member]: readonly PropertyKey[]): string {
  if (member === 'sip_username') return 'USERNAME';
  for (const [option, name] of creationOptions) if (name === member) return `--${option}`;
  return String(member);
}
