import { Cluster, commonKeys, KafkaError, parseConfig } from '@odradek/client'
import { createNodeEnv } from '@odradek/env-node'
import {
  streamsGroupHeartbeatRequest,
  streamsGroupHeartbeatResponse,
} from '@odradek/kafka-protocol/messages/88-streams-group-heartbeat'
import type { StreamsGroupHeartbeatResponse } from '@odradek/kafka-protocol/messages/88-streams-group-heartbeat'
import { pollUntil } from './poll-until.ts'

const patienceMs = 30_000

/** A member of a streams group (KIP-1071) as far as its coordinator sees one: it joins with a topology, and leaves. */
export class StreamsMember {
  readonly memberId = 'AAAAAAAAAAAAAAAAAAAAAg'
  readonly #cluster: Cluster
  readonly #groupId: string

  private constructor(cluster: Cluster, groupId: string) {
    this.#cluster = cluster
    this.#groupId = groupId
  }

  /** Joins with a topology of one part, which reads these topics, and takes its tasks. */
  static async join(bootstrap: string, groupId: string, sourceTopics: readonly string[]): Promise<StreamsMember> {
    const env = createNodeEnv({ log: { level: 'error' } })
    const config = parseConfig(commonKeys, { 'bootstrap.servers': bootstrap, 'client.id': 'streams-client' })
    const cluster = new Cluster(env, config)
    await cluster.ready({ timeoutMs: patienceMs })
    const member = new StreamsMember(cluster, groupId)
    const none = { activeTasks: [], standbyTasks: [], warmupTasks: [] }
    const joined = await member.#heartbeat(0, {
      ...none,
      processId: 'process-1',
      clientTags: [{ key: 'zone', value: 'a' }],
      rebalanceTimeoutMs: 60_000,
      topology: {
        epoch: 0,
        subtopologies: [
          {
            subtopologyId: '0',
            sourceTopics,
            sourceTopicRegex: [],
            stateChangelogTopics: [],
            repartitionSinkTopics: [],
            repartitionSourceTopics: [],
            copartitionGroups: [],
          },
        ],
      },
    })
    let { memberEpoch, activeTasks } = joined
    await pollUntil('the member has its tasks', patienceMs, async () => {
      if ((activeTasks?.length ?? 0) > 0) return true
      const answer = await member.#heartbeat(memberEpoch, none)
      memberEpoch = answer.memberEpoch
      activeTasks = answer.activeTasks
      return undefined
    })
    return member
  }

  async #heartbeat(memberEpoch: number, more: object): Promise<StreamsGroupHeartbeatResponse> {
    const retry = { timeoutMs: patienceMs, onRetry: () => this.#cluster.coordinators.forget('group', this.#groupId) }
    return this.#cluster.retry(retry, async () => {
      const coordinator = await this.#cluster.coordinators.find('group', this.#groupId)
      const link = this.#cluster.links.get(coordinator) ?? this.#cluster.links.leastLoaded()
      const answer = await link.send(streamsGroupHeartbeatRequest, streamsGroupHeartbeatResponse, {
        groupId: this.#groupId,
        memberId: this.memberId,
        memberEpoch,
        endpointInformationEpoch: 0,
        ...more,
      })
      if (answer.errorCode !== 0) throw KafkaError.of(answer.errorCode, answer.errorMessage)
      return answer
    })
  }

  async leave(): Promise<void> {
    await this.#heartbeat(-1, {})
  }

  close(): void {
    this.#cluster.close()
  }
}
