import { ConfigError } from './config-error.ts'
import { splitList } from './config-key.ts'

export type SecurityProtocol = 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL'

/** One listener: where it binds, or what is advertised. */
export interface ListenerEndpoint {
  /** The listener's name in capitals, e.g. PLAINTEXT or INTERNAL. */
  readonly name: string
  readonly securityProtocol: SecurityProtocol
  /** Empty: the default interface. */
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}

const PROTOCOLS: readonly string[] = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']

/** Reads listener.security.protocol.map. */
export function parseSecurityProtocolMap(text: string): ReadonlyMap<string, SecurityProtocol> {
  const map = new Map<string, SecurityProtocol>()
  for (const item of splitList(text)) {
    const match = /^([^:]+):([^:]+)$/.exec(item)
    const protocol = match?.[2]?.trim().toUpperCase()
    if (match === null || protocol === undefined || !PROTOCOLS.includes(protocol)) {
      throw new ConfigError(
        'INVALID_VALUE',
        `Invalid value ${text} for configuration listener.security.protocol.map: "${item}" is not NAME:PROTOCOL with one of ${PROTOCOLS.join(', ')}`,
      )
    }
    map.set((match[1] as string).trim().toUpperCase(), protocol as SecurityProtocol)
  }
  return map
}

/** Reads `listeners` or `advertised.listeners`; `configuration` is the key's name for errors. */
export function parseListeners(
  configuration: string,
  text: string,
  protocols: ReadonlyMap<string, SecurityProtocol>,
): readonly ListenerEndpoint[] {
  const refuse = (why: string): ConfigError =>
    new ConfigError('INVALID_VALUE', `Invalid value ${text} for configuration ${configuration}: ${why}`)
  const endpoints = splitList(text).map((item): ListenerEndpoint => {
    const match = /^([^:/\s]+):\/\/(\[[0-9a-fA-F:.%]+\]|[^:[\]/\s]*):(-?\d{1,6})$/.exec(item)
    if (match === null) throw refuse(`"${item}" is not of the form NAME://host:port`)
    const name = (match[1] as string).toUpperCase()
    const port = Number(match[3])
    if (port < 0 || port > 65535) throw refuse(`port ${port} of "${item}" is not between 0 and 65535`)
    const securityProtocol = protocols.get(name)
    if (securityProtocol === undefined) {
      throw refuse(`no security protocol is defined for listener ${name}; add it to listener.security.protocol.map`)
    }
    return { name, securityProtocol, host: (match[2] as string).replace(/^\[|\]$/g, ''), port }
  })
  if (endpoints.length === 0) throw refuse('at least one listener is needed')
  const names = endpoints.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw refuse(`each listener must have a different name, ${twice} comes twice`)
  return endpoints
}

/** NAME://host:port as in /brokers/ids, an IPv6 address in brackets. */
export function endpointText({ name, host, port }: Pick<ListenerEndpoint, 'name' | 'host' | 'port'>): string {
  return `${name}://${host.includes(':') ? `[${host}]` : host}:${port}`
}
