import { issueApiKey } from '../registrar/api-key.ts';
import { type Command, CommandError, table, withExistingStore, withStore } from './cli-command.ts';

export const createApiKey: Command = {
  usage: 'NAME',
  help: 'makes an API key for the REST interface, and prints it this once',
  positionals: ['NAME'],
  run: async ({ settings, positionals: [name = ''] }, { print }) =>
    withStore(settings, async ({ apiKeys }) => {
      const { secret } = await issueApiKey(apiKeys, name, Date.now());
      print(secret);
      return 0;
    }),
};

export const listApiKeys: Command = {
  usage: '',
  help: 'lists the API keys by how they begin',
  run: async ({ settings }, { print }) =>
    withExistingStore(settings, async ({ apiKeys }) => {
      const keys = await apiKeys.list();
      const rows = keys.map(({ id, hint, createdAt, name }) => [
        id,
        `${hint}…`,
        new Date(createdAt).toISOString(),
        name,
      ]);
      for (const line of table([['ID', 'KEY', 'MADE', 'NAME'], ...rows])) print(line);
      return 0;
    }),
};

export const revokeApiKey: Command = {
  usage: 'ID',
  help: 'makes an API key invalid, at once',
  positionals: ['ID'],
  run: async ({ settings, positionals: [id = ''] }) =>
    withExistingStore(settings, async ({ apiKeys }) => {
      if (!(await apiKeys.delete(id))) throw new CommandError(`There is no API key with the id ${id}.`);
      return 0;
    }),
};
