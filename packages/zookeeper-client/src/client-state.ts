/**
 * `connected`: attached to a server, watches armed. `disconnected`: looking for a server; the session may live on.
 * `expired`: the session is over, with its ephemeral nodes; final, unless the client renews its session: then `connected` follows, with a new
 * `sessionId`, as soon as a server gives one. `authFailed`, `closed`: final; a new client is needed.
 */
export type ClientState = 'connected' | 'disconnected' | 'expired' | 'authFailed' | 'closed'

export type StateListener = (state: ClientState) => void

/** Whether the session is over in this state. */
export function endsSession(state: ClientState): boolean {
  return state !== 'connected' && state !== 'disconnected'
}

/** Whether nothing can follow this state in a client that renews its session, or does not. */
export function endsClient(state: ClientState, renewsSession: boolean): boolean {
  return endsSession(state) && !(renewsSession && state === 'expired')
}
