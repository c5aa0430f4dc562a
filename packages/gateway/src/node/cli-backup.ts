import { existsSync } from 'node:fs';
import { dataKeyFileIn } from '../store/data-key.ts';
import { backUp, restore as restoreFrom } from '../store/backup.ts';
import { sqliteFileIn } from '../store/database.ts';
import { type Command, CommandError } from './cli-command.ts';

export const backup: Command = {
  usage: 'FILE',
  help: 'writes database and keys into one file, while the gateway runs',
  positionals: ['FILE'],
  run: async ({ settings: { data, databaseUrl }, positionals: [file = ''] }, { print }) => {
    if (databaseUrl !== null) {
      throw new CommandError(
        `Back up PostgreSQL with pg_dump, and copy ${dataKeyFileIn(data)} to another place.`,
      );
    }
    if (!existsSync(sqliteFileIn(data)))
      throw new CommandError(`There is no gateway's data in ${data}: name its folder with --data.`);
    if (existsSync(file)) throw new CommandError(`${file} exists already: give another name.`);
    await backUp(data, file);
    print(`Everything is in ${file}, the secrets too: keep it where nobody else reads it.`);
    return 0;
  },
};

export const restore: Command = {
  usage: 'FILE',
  help: 'makes a data folder of a back-up',
  positionals: ['FILE'],
  run: async ({ settings: { data }, positionals: [file = ''] }, { print }) => {
    if (!existsSync(file)) throw new CommandError(`There is no file ${file}.`);
    if (existsSync(sqliteFileIn(data)) || existsSync(dataKeyFileIn(data))) {
      throw new CommandError(`${data} has a gateway's data already: give another folder with --data.`);
    }
    await restoreFrom(file, data).catch((error: unknown) => {
      throw new CommandError(`${file} is no back-up of a gateway, or cannot be read: ${String(error)}`);
    });
    print(`The back-up is restored in ${data}.`);
    return 0;
  },
};
