import type { DataKey } from '../store/data-key.ts';
import type { Credential, Credentials } from '../store/store.ts';
import type { Authenticator, Identity } from './authenticator.ts';
import { ha1Of, ha1Purpose, sameHa1 } from './digest.ts';
import type { PasswordHasher } from './password-hash.ts';
import type { Tokens } from './tokens.ts';

const longestPassword = 256;

export function createAuthenticator(ports: {
  credentials: Credentials;
  dataKey: DataKey;
  hasher: PasswordHasher;
  tokens: Tokens;
  now: () => number;
}): Authenticator {
  const { credentials, dataKey, hasher, tokens, now } = ports;
  const isLive = (credential: Credential | undefined): credential is Credential =>
    credential !== undefined && (credential.expiresAt === null || credential.expiresAt > now());

  /**
   * A right password is recognised by its HA1, within microseconds: when a gateway restarts, thousands of clients
   * come back at once, and with the slow hash alone two cores would let about eight of them in each second. That
   * weakens nothing: HA1 must be kept for phones anyway, and who could open it would not need the slow hash. A
   * wrong password, and one for nobody, always costs a slow hash, so that guessing is slow and tells nothing about
   * which users there are.
   */
  async function isPasswordOf(credential: Credential, password: string): Promise<boolean> {
    const secrets = await credentials.findSecrets(credential.id);
    if (secrets === undefined) return hasher.matchesNobody(password);
    const ha1 = dataKey.open(secrets.sealedHa1, ha1Purpose(credential.id));
    if (ha1 !== undefined && sameHa1(ha1, ha1Of(credential.sipUsername, password))) return true;
    return hasher.matches(password, secrets.passwordHash);
  }

  return {
    async password(login, password) {
      if (password.length > longestPassword) return null;
      const credential = await credentials.findByUsername(login);
      const matches = isLive(credential)
        ? await isPasswordOf(credential, password)
        : await hasher.matchesNobody(password);
      if (credential === undefined || !matches) return null;
      return { identity: toIdentity(credential), expiresAt: credential.expiresAt, tokenId: null };
    },

    async token(token) {
      const claims = await tokens.verify(token);
      if (claims === null) return null;
      const credential = await credentials.find(claims.credentialId);
      if (!isLive(credential)) return null;
      const expiresAt = Math.min(claims.expiresAt, credential.expiresAt ?? Infinity);
      return { identity: toIdentity(credential), expiresAt, tokenId: claims.jti };
    },

    async identityOf(credentialId) {
      const credential = await credentials.find(credentialId);
      return credential === undefined ? null : toIdentity(credential);
    },

    async isUser(sipUsername) {
      return isLive(await credentials.findByUsername(sipUsername));
    },
  };
}

function toIdentity(credential: Credential): Identity {
  return {
    credentialId: credential.id,
    sipUsername: credential.sipUsername,
    displayName: credential.displayName,
    callerNumbers: credential.callerNumbers,
    generateRingback: credential.generateRingback,
    maxCalls: credential.maxCalls,
  };
}
