import { tokenIdOf } from '../registrar/tokens.ts';
import { findCredential } from './cli-credential.ts';
import { type Command, CommandError, registrarOf, withExistingStore } from './cli-command.ts';

export const token: Command = {
  usage: 'USERNAME|ID  |  token --revoke TOKEN',
  help: 'prints a login token that lasts 24 hours; or makes one invalid, and ends its sessions',
  positionals: ['USERNAME|ID'],
  options: { revoke: { type: 'boolean' } },
  run: async ({ settings, positionals: [name = ''], options }, { print }) =>
    withExistingStore(settings, async (store) => {
      if (options.has('revoke')) {
        const jti = tokenIdOf(name);
        if (jti === undefined) throw new CommandError('This is no login token.');
        await store.revocations.revokeToken(jti, Date.now());
        return 0;
      }
      const { id, expiresAt } = await findCredential(store, name);
      if (expiresAt !== null && expiresAt <= Date.now())
        throw new CommandError('The credential has expired.');
      const { tokens } = await registrarOf(store, settings);
      print(await tokens.issue(id, expiresAt));
      return 0;
    }),
};
