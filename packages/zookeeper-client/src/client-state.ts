/**
 * `connected`: attached to a server, watches armed. `disconnected`: looking for a server; the session may live on.
 * `expired`, `authFailed`, `closed`: final; a new client is needed.
 */
export type ClientState = 'connected' | 'disconnected' | 'expired' | 'authFailed' | 'closed'

export type StateListener = (state: ClientState) => void
