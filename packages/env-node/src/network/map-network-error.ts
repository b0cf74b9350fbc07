import { NetworkError } from '@odradek/base'
import type { NetworkErrorCode } from '@odradek/base'

const codes: Readonly<Record<string, NetworkErrorCode>> = {
  EADDRINUSE: 'ADDRESS_IN_USE',
  EADDRNOTAVAIL: 'ADDRESS_NOT_AVAILABLE',
  EACCES: 'PERMISSION_DENIED',
  EPERM: 'PERMISSION_DENIED',
  ECONNREFUSED: 'CONNECTION_REFUSED',
  ECONNRESET: 'CONNECTION_RESET',
  EPIPE: 'CONNECTION_RESET',
  ECONNABORTED: 'CONNECTION_RESET',
  ENOTFOUND: 'HOST_UNKNOWN',
  EAI_AGAIN: 'HOST_UNKNOWN',
  EAI_NONAME: 'HOST_UNKNOWN',
  EHOSTUNREACH: 'UNREACHABLE',
  ENETUNREACH: 'UNREACHABLE',
  EHOSTDOWN: 'UNREACHABLE',
  ETIMEDOUT: 'TIMED_OUT',
}

const hints: Readonly<Record<NetworkErrorCode, string>> = {
  ADDRESS_IN_USE: 'another process listens there: stop it, or choose another port',
  ADDRESS_NOT_AVAILABLE: 'no interface of this machine has that address: bind one that it has, or 0.0.0.0',
  PERMISSION_DENIED: 'not permitted: ports below 1024 need privileges, choose a higher one',
  CONNECTION_REFUSED: 'nothing listens there: is the server running, on that port?',
  CONNECTION_RESET: 'the other side closed the connection abruptly',
  HOST_UNKNOWN: 'the host name does not resolve: check its spelling and DNS',
  UNREACHABLE: 'no route to the host: check the network and firewalls',
  TIMED_OUT: 'no answer in time: is the host up, and do firewalls let the port through?',
  OTHER: '',
}

/** What Node reports about `action` ("cannot listen on", …) at `host:port`, as the error of the port. */
export function mapNetworkError(error: unknown, action: string, host: string, port: number): NetworkError {
  const system = error as NodeJS.ErrnoException
  const code = codes[system.code ?? ''] ?? 'OTHER'
  const hint = code === 'OTHER' ? system.message : hints[code]
  return new NetworkError(code, `${action} ${hostAndPort(host, port)}: ${hint}`, { cause: error })
}

export function timedOut(action: string, host: string, port: number, timeoutMs: number): NetworkError {
  return new NetworkError(
    'TIMED_OUT',
    `${action} ${hostAndPort(host, port)} within ${timeoutMs} ms: ${hints.TIMED_OUT}`,
  )
}

export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
