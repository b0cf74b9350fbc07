import { ZooKeeperError } from '@odradek/zookeeper-protocol'

/** One server of an ensemble. */
export interface ServerAddress {
  readonly host: string
  readonly port: number
}

export interface ConnectString {
  readonly servers: readonly ServerAddress[]
  /** Put before every path; empty or `/a/b`. */
  readonly chroot: string
}

const defaultPort = 2181

/** Reads `host:port,host:port/chroot`. The port is 2181 by default; IPv6 addresses stand in brackets. Throws BAD_ARGUMENTS. */
export function parseConnectString(text: string): ConnectString {
  const slash = text.indexOf('/')
  const hosts = slash === -1 ? text : text.slice(0, slash)
  const servers = hosts
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => parseServer(part, text))
  if (servers.length === 0) throw invalid(text, 'it names no server')
  return { servers, chroot: slash === -1 ? '' : parseChroot(text.slice(slash), text) }
}

function parseServer(part: string, text: string): ServerAddress {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(part)
  const host = match?.[1] ?? match?.[2]
  const port = match?.[3] === undefined ? defaultPort : Number(match[3])
  if (host === undefined || port < 1 || port > 65535) throw invalid(text, `"${part}" is not host:port`)
  return { host, port }
}

function parseChroot(path: string, text: string): string {
  if (path === '/') return ''
  if (path.endsWith('/') || path.includes('//')) throw invalid(text, `the chroot "${path}" has an empty part`)
  return path
}

function invalid(text: string, why: string): ZooKeeperError {
  return new ZooKeeperError('BAD_ARGUMENTS', `cannot read the ZooKeeper connect string "${text}": ${why}`)
}
