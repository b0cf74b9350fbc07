import {
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
} from '@odradek/kafka-protocol/messages/34-alter-replica-log-dirs'
import { describeLogDirsRequest, describeLogDirsResponse } from '@odradek/kafka-protocol/messages/35-describe-log-dirs'
import type { KafkaError } from '@odradek/kafka-protocol'
import type { AdminRequests } from './admin-requests.ts'
import { byTopic } from './partition-batch.ts'
import type { PartitionRef } from './partition-batch.ts'
import { allFailed, failureOf, settleBatch } from './settle-batch.ts'
import { numberOf, saturated, saturatedOrNone } from '../int64.ts'

export interface LogDirReplica extends PartitionRef {
  readonly sizeBytes: number
  /** How far it is behind the log's end; of a replica that is to be, behind the one that is. */
  readonly offsetLag: number
  /** It is being copied here to take the place of the one in another directory. */
  readonly isFuture: boolean
}

export interface LogDir {
  readonly path: string
  /** Set when the directory has failed. */
  readonly error: KafkaError | undefined
  readonly replicas: readonly LogDirReplica[]
  /** Of the file system; undefined from brokers before Kafka 3.3. */
  readonly totalBytes: number | undefined
  readonly usableBytes: number | undefined
}

/** The log directories of brokers, by the brokers' ids. */
export async function describeLogDirs(
  requests: AdminRequests,
  brokerIds: readonly number[],
  { topics = null }: { readonly topics?: readonly PartitionRef[] | null } = {},
): Promise<Map<number, LogDir[]>> {
  const answers = await Promise.all(
    brokerIds.map(async (id) => {
      const answer = await requests.call({ kind: 'broker', id }, describeLogDirsRequest, describeLogDirsResponse, {
        topics:
          topics &&
          byTopic(topics).map(({ topic, items }) => ({ topic, partitions: items.map(({ partition }) => partition) })),
      })
      const dirs = answer.results.map((dir) => ({
        path: dir.logDir,
        error: failureOf(dir.errorCode),
        totalBytes: saturatedOrNone(dir.totalBytes),
        usableBytes: saturatedOrNone(dir.usableBytes),
        replicas: dir.topics.flatMap(({ name: topic, partitions }) =>
          partitions.map(({ partitionIndex: partition, partitionSize, offsetLag, isFutureKey }) => ({
            topic,
            partition,
            sizeBytes: saturated(partitionSize),
            offsetLag: numberOf(offsetLag, 'a lag'),
            isFuture: isFutureKey,
          })),
        ),
      }))
      return [id, dirs] as const
    }),
  )
  return new Map(answers)
}

export interface Replica extends PartitionRef {
  readonly brokerId: number
}

/** Where the copies of partitions are on their brokers, and where they are on their way to. */
export async function describeReplicaLogDirs(
  requests: AdminRequests,
  replicas: readonly Replica[],
): Promise<(Replica & { readonly currentPath: string | undefined; readonly futurePath: string | undefined })[]> {
  const brokerIds = [...new Set(replicas.map(({ brokerId }) => brokerId))]
  const found = await describeLogDirs(requests, brokerIds, { topics: replicas })
  return replicas.map((replica) => {
    const pathOf = (isFuture: boolean): string | undefined =>
      found
        .get(replica.brokerId)
        ?.find((dir) =>
          dir.replicas.some(
            (held) =>
              held.topic === replica.topic && held.partition === replica.partition && held.isFuture === isFuture,
          ),
        )?.path
    return { ...replica, currentPath: pathOf(false), futurePath: pathOf(true) }
  })
}

/** Moves copies of partitions between the log directories of their brokers. */
export async function alterReplicaLogDirs(
  requests: AdminRequests,
  assignments: readonly (Replica & { readonly path: string })[],
): Promise<void> {
  const keyOf = ({ topic, partition, brokerId }: Replica): string => `${topic}-${partition}-${brokerId}`
  const byKey = new Map(assignments.map((assignment) => [keyOf(assignment), assignment]))
  await settleBatch(requests.cluster, [...byKey.keys()], requests.timeoutMs, async (pending) => {
    const wanted = pending.map((key) => byKey.get(key) as Replica & { readonly path: string })
    const answers = [...Map.groupBy(wanted, ({ brokerId }) => brokerId)].map(async ([id, ofBroker]) => {
      const answer = await requests.send(
        { kind: 'broker', id },
        alterReplicaLogDirsRequest,
        alterReplicaLogDirsResponse,
        {
          dirs: [...Map.groupBy(ofBroker, ({ path }) => path)].map(([path, ofPath]) => ({
            path,
            topics: byTopic(ofPath).map(({ topic, items }) => ({
              name: topic,
              partitions: items.map(({ partition }) => partition),
            })),
          })),
        },
      )
      return answer.results.flatMap(({ topicName: topic, partitions }) =>
        partitions.map(
          ({ partitionIndex: partition, errorCode }) =>
            [keyOf({ topic, partition, brokerId: id }), failureOf(errorCode)] as const,
        ),
      )
    })
    const settled = await Promise.all(
      answers.map((answer) => answer.catch((error: unknown) => [...allFailed<undefined>(pending, error)])),
    )
    return new Map(settled.flat())
  })
}
