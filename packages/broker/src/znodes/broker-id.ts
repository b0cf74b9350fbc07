import { encodeJson, ZnodeJson } from './znode-json.ts'

/** One address of a broker's registration. */
export interface BrokerEndpoint {
  readonly name: string
  readonly securityProtocol: string
  readonly host: string
  readonly port: number
}

/** What a broker says of itself in /brokers/ids/N (version 5, which the inter-broker protocol has had since 2.7). */
export interface BrokerIdZnode {
  readonly brokerId: number
  readonly endpoints: readonly BrokerEndpoint[]
  readonly rack: string | undefined
  readonly jmxPort: number
  readonly timestampMs: number
}

export const brokerIdsPath = '/brokers/ids'

/** An ephemeral znode; the czxid of it is the broker's epoch. */
export function brokerIdPath(brokerId: number): string {
  return `${brokerIdsPath}/${brokerId}`
}

function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** `host` and `port` repeat the first plaintext endpoint, for readers of older versions. */
export function encodeBrokerId(broker: BrokerIdZnode): Buffer {
  const plaintext = broker.endpoints.find((endpoint) => endpoint.securityProtocol === 'PLAINTEXT')
  return encodeJson({
    features: {},
    listener_security_protocol_map: Object.fromEntries(
      broker.endpoints.map((endpoint) => [endpoint.name, endpoint.securityProtocol]),
    ),
    endpoints: broker.endpoints.map(({ name, host, port }) => `${name}://${hostText(host)}:${port}`),
    ...(broker.rack === undefined ? {} : { rack: broker.rack }),
    jmx_port: broker.jmxPort,
    port: plaintext?.port ?? -1,
    host: plaintext?.host ?? null,
    version: 5,
    timestamp: String(broker.timestampMs),
  })
}

function decodeEndpoint(json: ZnodeJson, text: string, protocols: ZnodeJson | undefined): BrokerEndpoint {
  const match = /^([^:/]+):\/\/(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(text)
  if (match === null) throw json.fault(`"${text}" is not an endpoint`)
  const name = match[1] as string
  return {
    name,
    securityProtocol: protocols?.string(name, name) ?? name,
    host: (match[2] as string).replace(/^\[|\]$/g, ''),
    port: Number(match[3]),
  }
}

/** Reads versions 1 to 5: the first had a host and a port only. */
export function decodeBrokerId(brokerId: number, data: Buffer | null): BrokerIdZnode {
  const json = ZnodeJson.parse(brokerIdPath(brokerId), data)
  const version = json.integer('version')
  if (version < 1) throw json.fault(`version ${version} is not known`)
  const endpoints =
    version === 1
      ? [
          {
            name: 'PLAINTEXT',
            securityProtocol: 'PLAINTEXT',
            host: json.string('host'),
            port: json.integer('port'),
          },
        ]
      : json
          .strings('endpoints')
          .map((text) =>
            decodeEndpoint(
              json,
              text,
              json.has('listener_security_protocol_map') ? json.object('listener_security_protocol_map') : undefined,
            ),
          )
  return {
    brokerId,
    endpoints,
    rack: json.has('rack') ? json.string('rack') : undefined,
    jmxPort: json.integer('jmx_port', -1),
    timestampMs: Number(json.string('timestamp', '-1')),
  }
}
