import { Cluster, commonKeys, parseConfig } from '@odradek/client'
import type { Admin, OffsetSpec, PartitionRef } from '@odradek/client'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { partitionName } from './partition-name.ts'
import { pause } from './pause.ts'
import { dateText } from './performance/date-format.ts'
import { verifyPartition } from './replica-verification/verify-partition.ts'
import type { ReplicaPiece, Verified } from './replica-verification/verify-partition.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'
import { topicPattern } from './topic-pattern.ts'

const dateFormat = 'yyyy-MM-dd HH:mm:ss,SSS'
const exitInterrupted = 130
const idlePauseMs = 100

interface Watched extends PartitionRef {
  readonly topicId: string
  readonly replicaIds: readonly number[]
  /** Up to here all replicas are the same. */
  offset: number
}

/** kafka-replica-verification: compares what the replicas of partitions have, until somebody interrupts. */
export const kafkaReplicaVerification: KafkaTool = {
  options: [
    { name: 'broker-list', value: 'host:port,...', description: 'brokers of the cluster', required: true },
    { name: 'fetch-size', value: 'bytes', description: 'bytes of a partition in one request (1048576)' },
    { name: 'max-wait-ms', value: 'ms', description: 'how long a broker may wait for records (1000)' },
    { name: 'topic-white-list', value: 'regex', description: 'the old name of --topics-include' },
    { name: 'topics-include', value: 'regex', description: 'topics to look at (.*)' },
    { name: 'time', value: 'ms', description: 'from where on: a time, -1 for the end (default), -2 for the beginning' },
    { name: 'report-interval-ms', value: 'ms', description: 'how often it says how far replicas are behind (30000)' },
  ],
  async run(given, tool) {
    const env = await tool.env()
    const say = (text: string): Promise<void> => tool.print(`${dateText(env.clock.wallMs(), dateFormat)}: ${text}`)
    const brokers = given.value('broker-list') ?? ''
    const cluster = new Cluster(env, parseConfig(commonKeys, { 'bootstrap.servers': brokers }))
    try {
      const watched = await tool.adminOf({ 'bootstrap.servers': brokers }, (admin) => find(admin, given))
      if (watched.length === 0) {
        const option = '[topics-include]'
        tool.printError(
          `No topics found. ${option} if specified, is either filtering out all topics or there is no topic.`,
        )
        return 1
      }
      await cluster.ready({ timeoutMs: cluster.config['request.timeout.ms'] })
      await say('verification process is started')
      return await verify(cluster, watched, given, tool, say)
    } finally {
      cluster.close()
    }
  },
}

async function find(admin: Admin, given: ToolArguments): Promise<Watched[]> {
  const isWanted = topicPattern(given.value('topics-include') ?? given.value('topic-white-list'))
  const names = (await admin.listTopics()).map(({ name }) => name).filter(isWanted)
  if (names.length === 0) return []
  const topics = [...(await admin.describeTopics(names)).values()]
  const places = topics.flatMap(({ name, id, partitions }) =>
    partitions.map(({ partition, replicaIds }) => ({ topic: name, topicId: id, partition, replicaIds })),
  )
  const time = given.number('time') ?? -1
  const spec: OffsetSpec = time === -1 ? 'latest' : time === -2 ? 'earliest' : { timestampMs: time }
  const starts = await admin.listOffsets(places.map(({ topic, partition }) => ({ topic, partition, spec })))
  const startOf = new Map(starts.map((start) => [partitionName(start), start.offset]))
  return places.map((place) => ({ ...place, offset: startOf.get(partitionName(place)) ?? 0 }))
}

async function verify(
  cluster: Cluster,
  watched: readonly Watched[],
  given: ToolArguments,
  tool: ToolRun,
  say: (text: string) => Promise<void>,
): Promise<number> {
  const reportMs = given.number('report-interval-ms') ?? 30_000
  const { interrupted } = tool.context.terminal
  let reportedMs = cluster.nowMs
  while (!interrupted.aborted) {
    const pieces = await fetchAll(cluster, watched, given)
    let isMoving = false
    let worst: { readonly place: Watched; readonly lag: number } | undefined
    for (const place of watched) {
      const found: Verified = verifyPartition(place, place.offset, pieces.get(partitionName(place)) ?? [])
      for (const difference of found.differences) await say(difference)
      if (found.mismatch !== undefined) {
        await say(found.mismatch)
        return 1
      }
      isMoving ||= found.nextOffset > place.offset
      place.offset = found.nextOffset
      if (found.lag > (worst?.lag ?? -1)) worst = { place, lag: found.lag }
    }
    // A replica that is behind answers at once, again and again.
    if (!isMoving) await pause(cluster.env, idlePauseMs)
    if (cluster.nowMs - reportedMs <= reportMs || worst === undefined) continue
    reportedMs = cluster.nowMs
    const { place, lag } = worst
    const of = `partition ${partitionName(place)} at offset ${place.offset} among ${watched.length} partitions`
    await say(`max lag is ${lag} for ${of}`)
  }
  return exitInterrupted
}

/** What each replica of each partition has from its offset on, by the partition's name. */
async function fetchAll(
  cluster: Cluster,
  watched: readonly Watched[],
  given: ToolArguments,
): Promise<ReadonlyMap<string, readonly ReplicaPiece[]>> {
  const maxWaitMs = given.number('max-wait-ms') ?? 1000
  const partitionMaxBytes = given.number('fetch-size') ?? 1024 * 1024
  const pieces = new Map<string, ReplicaPiece[]>()
  const brokerIds = [...new Set(watched.flatMap(({ replicaIds }) => replicaIds))]
  await Promise.all(
    brokerIds.map(async (brokerId) => {
      const link = cluster.links.get(brokerId, 'fetch')
      if (link === undefined)
        throw new ToolError('REFUSED', `Error: broker ${brokerId}, which has a replica, is not there`)
      const own = [
        ...Map.groupBy(
          watched.filter(({ replicaIds }) => replicaIds.includes(brokerId)),
          ({ topic }) => topic,
        ),
      ]
      const answer = await link.send(fetchRequest, fetchResponse, (version) => ({
        maxWaitMs,
        minBytes: 1,
        topics: own.map(([topic, places]) => ({
          ...(version >= 13 ? { topicId: places[0]?.topicId } : { topic }),
          partitions: places.map(({ partition, offset }) => ({
            partition,
            fetchOffset: BigInt(offset),
            partitionMaxBytes,
          })),
        })),
      }))
      for (const response of answer.responses) {
        const places = own.find(([topic, [place]]) => topic === response.topic || place?.topicId === response.topicId)
        for (const { partitionIndex, errorCode, records, highWatermark } of response.partitions) {
          const topic = places?.[0] ?? response.topic
          const name = partitionName({ topic, partition: partitionIndex })
          if (errorCode !== 0) throw new ToolError('REFUSED', `Error: broker ${brokerId}, ${name}: error ${errorCode}`)
          const piece = { brokerId, records: records ?? Buffer.alloc(0), highWatermark: Number(highWatermark) }
          pieces.set(name, [...(pieces.get(name) ?? []), piece])
        }
      }
    }),
  )
  for (const list of pieces.values()) list.sort((a, b) => a.brokerId - b.brokerId)
  return pieces
}
