import { ClientError } from '../client-error.ts'

/** Where a broker is, as bootstrap.servers or the cluster itself says. */
export interface BrokerAddress {
  readonly host: string
  readonly port: number
}

/** Reads bootstrap.servers: `host:port`, `[::1]:9092`, also with a protocol in front (`PLAINTEXT://host:9092`). Throws `ClientError` INVALID_CONFIG. */
export function parseBootstrapServers(servers: readonly string[]): BrokerAddress[] {
  if (servers.length === 0) {
    throw new ClientError('INVALID_CONFIG', 'bootstrap.servers is missing: give host:port of at least one broker')
  }
  return servers.map((server) => {
    const match = /^(?:[A-Za-z_]+:\/\/)?(?:\[([0-9A-Fa-f:.%]+)\]|([^:/\s[\]]+)):(\d{1,5})$/.exec(server)
    const port = Number(match?.[3])
    const host = match?.[1] ?? match?.[2]
    if (host === undefined || port < 1 || port > 65_535) {
      throw new ClientError('INVALID_CONFIG', `invalid value ${server} for bootstrap.servers: it is not host:port`)
    }
    return { host, port }
  })
}
