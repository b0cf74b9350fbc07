import { adminKeys, Cluster, parseConfig } from '@odradek/client'
import type { Message } from '@odradek/kafka-protocol'
import { apiVersionsRequest, apiVersionsResponse } from '@odradek/kafka-protocol/messages/18-api-versions'
import type { AdminConfigInput, BrokerNode } from '@odradek/client'
import { clientRequests, serverRequests } from './known-requests.ts'
import { javaError } from './java-error.ts'
import { bootstrapServer, commandConfig } from './kafka-tool.ts'
import type { KafkaTool } from './kafka-tool.ts'

/** kafka-broker-api-versions */
export const kafkaBrokerApiVersions: KafkaTool = {
  options: [bootstrapServer, commandConfig],
  async run(given, tool) {
    const properties = await tool.properties(given.value('command-config'), [])
    properties['bootstrap.servers'] = given.value('bootstrap-server') ?? ''
    const config = parseConfig(adminKeys, tool.knownKeys(adminKeys, properties) as AdminConfigInput)
    const cluster = new Cluster(await tool.env(), config)
    try {
      await cluster.ready({ timeoutMs: config['default.api.timeout.ms'] })
      const brokers = [...cluster.metadata.brokers.values()].sort((a, b) => a.id - b.id)
      for (const broker of brokers) {
        const name = `${broker.host}:${broker.port} (id: ${broker.id} rack: ${broker.rack})`
        try {
          await tool.print(`${name} -> (`, ...linesOf(await versionsOf(cluster, broker)), ')')
        } catch (error) {
          if (!(error instanceof Error)) throw error
          await tool.print(`${name} -> ERROR: ${javaError(error)}`)
        }
      }
    } finally {
      cluster.close()
    }
    return 0
  },
}

interface VersionRange {
  readonly apiKey: number
  readonly minVersion: number
  readonly maxVersion: number
}

async function versionsOf(cluster: Cluster, { id }: BrokerNode): Promise<readonly VersionRange[]> {
  const connection = await cluster.links.get(id)?.open()
  if (connection === undefined) return []
  const version = connection.versionFor(apiVersionsRequest)
  const software = { clientSoftwareName: 'odradek', clientSoftwareVersion: '0.1.0' }
  const answer = await connection.send(apiVersionsRequest, apiVersionsResponse, version, version >= 3 ? software : {})
  return answer.apiKeys
}

function linesOf(versions: readonly VersionRange[]): string[] {
  const own = new Map([...clientRequests, ...serverRequests].map((request) => [request.apiKey ?? -1, request]))
  const nameOf = (request: Message): string => request.name.replace(/Request$/, '')
  const texts = new Map(
    clientRequests.map((request) => [request.apiKey ?? -1, `${nameOf(request)}(${request.apiKey}): UNSUPPORTED`]),
  )
  for (const { apiKey, minVersion, maxVersion } of versions) {
    const request = own.get(apiKey)
    const range = minVersion === maxVersion ? String(minVersion) : `${minVersion} to ${maxVersion}`
    const text = `${request === undefined ? 'UNKNOWN' : nameOf(request)}(${apiKey}): ${range}`
    texts.set(apiKey, request === undefined ? text : `${text} [${usable(request, minVersion, maxVersion)}]`)
  }
  const sorted = [...texts].sort(([a], [b]) => a - b).map(([, text]) => `\t${text}`)
  return sorted.map((text, index) => (index === sorted.length - 1 ? text : `${text},`))
}

function usable(request: Message, minVersion: number, maxVersion: number): string {
  if (request.maxVersion < minVersion) return 'unusable: node too new'
  if (maxVersion < request.minVersion) return 'unusable: node too old'
  return `usable: ${Math.min(request.maxVersion, maxVersion)}`
}
