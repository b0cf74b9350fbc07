import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { findCoordinatorRequest, findCoordinatorResponse } from '@odradek/kafka-protocol/messages/10-find-coordinator'
import type { FindCoordinatorResponse } from '@odradek/kafka-protocol/messages/10-find-coordinator'
import type { ClusterLinks } from './cluster-links.ts'
import type { MetadataCache } from './metadata-cache.ts'

/** What a coordinator is for, and the number that says so on the wire. */
export type CoordinatorType = 'group' | 'transaction' | 'share'

const keyTypes = { group: 0, transaction: 1, share: 2 } as const

/** Finds and remembers the brokers that coordinate groups and transactions. */
export class CoordinatorFinder {
  readonly #links: ClusterLinks
  readonly #metadata: MetadataCache
  readonly #known = new Map<string, number>()

  constructor(links: ClusterLinks, metadata: MetadataCache) {
    this.#links = links
    this.#metadata = metadata
  }

  /** The id of the broker that coordinates `key`. Rejects with `KafkaError` COORDINATOR_NOT_AVAILABLE and others, or with `ClientError`. */
  async find(type: CoordinatorType, key: string): Promise<number> {
    const known = this.#known.get(`${type} ${key}`)
    if (known !== undefined && this.#metadata.brokers.has(known)) return known
    const found = (await this.findAll(type, [key])).get(key)
    if (found === undefined) throw KafkaError.of(ErrorCode.COORDINATOR_NOT_AVAILABLE)
    if (found instanceof KafkaError) throw found
    return found
  }

  /** The same for many keys with one request, from brokers that can (version 4). A key that has none now gets an error in its place. */
  async findAll(type: CoordinatorType, keys: readonly string[]): Promise<Map<string, number | KafkaError>> {
    const link = this.#links.leastLoaded()
    const connection = await link.open()
    const isBatched = connection.versionFor(findCoordinatorRequest) >= 4
    const requests = isBatched
      ? [{ keyType: keyTypes[type], coordinatorKeys: keys }]
      : keys.map((key) => ({ key, keyType: keyTypes[type] }))
    const answers = await Promise.all(
      requests.map((value) => link.send(findCoordinatorRequest, findCoordinatorResponse, value)),
    )
    const found = new Map<string, number | KafkaError>()
    for (const [index, answer] of answers.entries()) {
      for (const coordinator of coordinatorsOf(answer, keys[index] as string)) {
        found.set(coordinator.key, this.#remember(type, coordinator))
      }
    }
    return found
  }

  #remember(type: CoordinatorType, coordinator: FindCoordinatorResponse['coordinators'][number]): number | KafkaError {
    const { key, nodeId, host, port, errorCode, errorMessage } = coordinator
    if (errorCode !== ErrorCode.NONE) return KafkaError.of(errorCode, errorMessage)
    if (!this.#metadata.brokers.has(nodeId)) this.#metadata.updateLeaders([], [{ id: nodeId, host, port, rack: null }])
    this.#known.set(`${type} ${key}`, nodeId)
    return nodeId
  }

  /** After NOT_COORDINATOR, or when the coordinator cannot be reached: the next `find` asks again. */
  forget(type: CoordinatorType, key: string): void {
    this.#known.delete(`${type} ${key}`)
  }
}

function coordinatorsOf(answer: FindCoordinatorResponse, key: string): FindCoordinatorResponse['coordinators'] {
  if (answer.coordinators.length > 0) return answer.coordinators
  const { nodeId, host, port, errorCode, errorMessage } = answer
  return [{ key, nodeId, host, port, errorCode, errorMessage }]
}
