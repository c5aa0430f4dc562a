import type { SessionSettings } from '../signaling/session-ports.ts';
import { hasCredentials } from './check-options.ts';
import type { IClientOptions } from './options.ts';
import { VERSION } from './version.ts';

/** The login request of the options as they are now. Credentials win over a token. */
export function toLogin(options: IClientOptions, userAgent: string): SessionSettings['login'] {
  const common = {
    'User-Agent': { sdkVersion: VERSION, data: userAgent },
  };
  const { anonymous_login: visitor, userVariables, login, password, passwd, login_token } = options;
  if (visitor && !hasCredentials(options) && !login_token) {
    return {
      method: 'anonymous_login',
      params: { ...visitor, userVariables: { ...userVariables }, ...common },
    };
  }
  const push = options.pushWhenActive ?? userVariables?.['push_when_active'] ?? false;
  return {
    method: 'login',
    params: {
      ...(hasCredentials(options) ? { login, passwd: password ?? passwd } : { login_token }),
      userVariables: { ...userVariables, push_when_active: push, pn_late_fanout: push },
      loginParams: { early_sdp_answer: options.earlySdpAnswer ?? false },
      ...common,
    },
  };
}
