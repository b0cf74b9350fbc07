import { DiskError } from '@odradek/base'
import { ErrorCode } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type {
  DescribeLogDirsRequest,
  DescribeLogDirsResponse,
} from '@odradek/kafka-protocol/messages/35-describe-log-dirs'
import { describeLogDirsRequest, describeLogDirsResponse } from '@odradek/kafka-protocol/messages/35-describe-log-dirs'
import type { PartitionLog } from '@odradek/storage'
import type { BrokerServices } from '../host/broker-services.ts'
import type { ApiHandler } from './api-handler.ts'

type Directory = NonNullable<Input<DescribeLogDirsResponse>['results']>[number]

/** A log and, of a copy that is to become the log, the log that it is a copy of. */
interface HeldLog {
  readonly log: PartitionLog
  readonly source?: PartitionLog | undefined
}

/** How far the log lacks what is committed, or a copy what the log has; -1 when this broker does not hold the partition (now). */
function offsetLagOf({ replicaManager }: BrokerServices, { log, source }: HeldLog): number {
  const partition = replicaManager.find(log.topic, log.partition)
  if (partition === undefined) return -1
  return source === undefined
    ? Math.max(partition.highWatermark - log.logEndOffset, 0)
    : source.logEndOffset - log.logEndOffset
}

function describeDirectory(broker: BrokerServices, path: string, logs: readonly HeldLog[]): Directory {
  const { disk } = broker.env
  try {
    return {
      errorCode: ErrorCode.NONE,
      logDir: path,
      totalBytes: BigInt(disk.totalBytesSync(path)),
      usableBytes: BigInt(disk.freeBytesSync(path)),
      topics: [...Map.groupBy(logs, ({ log }) => log.topic)].map(([name, ofTopic]) => ({
        name,
        partitions: ofTopic.map((held) => ({
          partitionIndex: held.log.partition,
          partitionSize: BigInt(held.log.sizeBytes),
          offsetLag: BigInt(offsetLagOf(broker, held)),
          isFutureKey: held.source !== undefined,
        })),
      })),
    }
  } catch (error) {
    if (!(error instanceof DiskError)) throw error
    return { errorCode: ErrorCode.KAFKA_STORAGE_ERROR, logDir: path }
  }
}

/**
 * DescribeLogDirs, key 35 (KIP-113): what lies in this broker's log directories, and how large it is. A replica that is on its way to another
 * directory is in both, in the new one with `isFutureKey`.
 * v2: flexible; v3: an error for all; v4: size and free space of the file system (KIP-827).
 */
export const describeLogDirsHandler: ApiHandler<DescribeLogDirsRequest, DescribeLogDirsResponse> = {
  request: describeLogDirsRequest,
  response: describeLogDirsResponse,
  minVersion: 1,
  maxVersion: 4,

  handle({ topics }, { broker }) {
    const { logManager } = broker
    const wanted = topics?.flatMap(({ topic, partitions }) => partitions.map((index) => `${topic}-${index}`))
    const wantedNames = wanted === undefined ? undefined : new Set(wanted)
    const held: HeldLog[] = [
      ...[...logManager.all()].map((log) => ({ log })),
      ...[...logManager.futures()].map((log) => ({ log, source: logManager.get(log.topic, log.partition) ?? log })),
    ]
    const logs = held.filter(({ log }) => wantedNames === undefined || wantedNames.has(`${log.topic}-${log.partition}`))
    const live = logManager.liveDirectories.map((path) =>
      describeDirectory(
        broker,
        path,
        logs.filter(({ log }) => log.directory === path),
      ),
    )
    const offline = logManager.offlineDirectories.map((logDir): Directory => ({
      errorCode: ErrorCode.KAFKA_STORAGE_ERROR,
      logDir,
    }))
    return { errorCode: ErrorCode.NONE, results: [...live, ...offline] }
  },

  errorResponse: (_request, { errorCode }) => ({ errorCode }),
}
