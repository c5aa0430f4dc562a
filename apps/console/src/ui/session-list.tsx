import type { ReactNode } from 'react';
import type { GatewaySession } from '../model/administration.ts';

export interface SessionListProps {
  sessions: readonly GatewaySession[];
  /** The id of this page's. */
  here: string;
  /** What can be done about the list. */
  children: ReactNode;
}

export function SessionList({ sessions, here, children }: SessionListProps) {
  return (
    <div className="sessions">
      <table>
        <caption>Who is signed in</caption>
        <thead>
          <tr>
            <th scope="col">User</th>
            <th scope="col">Socket</th>
            <th scope="col">Calls</th>
          </tr>
        </thead>
        <tbody>
          {sessions.map(({ id, user, isHeld, calls }) => (
            <tr key={id}>
              <th scope="row">
                {user} {id === here && <span>this page</span>}
              </th>
              <td>{isHeld ? 'none now' : 'open'}</td>
              <td>{calls}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="notice-actions">{children}</p>
    </div>
  );
}
