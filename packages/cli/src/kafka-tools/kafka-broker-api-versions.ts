import { adminKeys, Cluster, parseConfig } from '@odradek/client'
import { ApiKey } from '@odradek/kafka-protocol'
import type { Message } from '@odradek/kafka-protocol'
import { apiVersionsRequest, apiVersionsResponse } from '@odradek/kafka-protocol/messages/18-api-versions'
import type { AdminConfigInput, BrokerNode } from '@odradek/client'
import { javaError } from './java-error.ts'
import { bootstrapServer, commandConfig } from './kafka-tool.ts'
import type { KafkaTool } from './kafka-tool.ts'

/** APIs between servers: a client has no use for them. */
const serverApis: ReadonlySet<string> = new Set([
  'LEADER_AND_ISR',
  'STOP_REPLICA',
  'UPDATE_METADATA',
  'CONTROLLED_SHUTDOWN',
  'VOTE',
  'BEGIN_QUORUM_EPOCH',
  'END_QUORUM_EPOCH',
  'ALTER_PARTITION',
  'ENVELOPE',
  'FETCH_SNAPSHOT',
  'BROKER_REGISTRATION',
  'BROKER_HEARTBEAT',
  'ALLOCATE_PRODUCER_IDS',
  'CONTROLLER_REGISTRATION',
  'ASSIGN_REPLICAS_TO_DIRS',
  'UPDATE_RAFT_VOTER',
])

/** kafka-broker-api-versions */
export const kafkaBrokerApiVersions: KafkaTool = {
  options: [bootstrapServer, commandConfig],
  async run(given, tool) {
    const own = await ownRequests()
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
          await tool.print(`${name} -> (`, ...linesOf(await versionsOf(cluster, broker), own), ')')
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

/** The requests that this client knows, by their keys. */
async function ownRequests(): Promise<Map<number, { readonly name: string; readonly request: Message }>> {
  const entries = Object.entries(ApiKey).filter(([name]) => !serverApis.has(name))
  const loaded = entries.map(async ([name, key]) => {
    const file = `${String(key).padStart(2, '0')}-${name.toLowerCase().replaceAll('_', '-')}`
    const module = (await import(`@odradek/kafka-protocol/messages/${file}`)) as Readonly<Record<string, Message>>
    const request = Object.values(module).find((message) => message.kind === 'request')
    return request === undefined ? [] : [[key, { name: request.name.replace(/Request$/, ''), request }] as const]
  })
  return new Map((await Promise.all(loaded)).flat())
}

function linesOf(versions: readonly VersionRange[], own: Awaited<ReturnType<typeof ownRequests>>): string[] {
  const texts = new Map([...own].map(([key, { name }]) => [key, `${name}(${key}): UNSUPPORTED`]))
  for (const { apiKey, minVersion, maxVersion } of versions) {
    const known = own.get(apiKey)
    const range = minVersion === maxVersion ? String(minVersion) : `${minVersion} to ${maxVersion}`
    const text = `${known?.name ?? 'UNKNOWN'}(${apiKey}): ${range}`
    texts.set(apiKey, known === undefined ? text : `${text} [${usable(known.request, minVersion, maxVersion)}]`)
  }
  const sorted = [...texts].sort(([a], [b]) => a - b).map(([, text]) => `\t${text}`)
  return sorted.map((text, index) => (index === sorted.length - 1 ? text : `${text},`))
}

function usable(request: Message, minVersion: number, maxVersion: number): string {
  if (request.maxVersion < minVersion) return 'unusable: node too new'
  if (maxVersion < request.minVersion) return 'unusable: node too old'
  return `usable: ${Math.min(request.maxVersion, maxVersion)}`
}
