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

/** How far the log lacks what is committed; -1 when this broker does not hold the partition (now). */
function offsetLagOf({ replicaManager }: BrokerServices, log: PartitionLog): number {
  const partition = replicaManager.find(log.topic, log.partition)
  return partition === undefined ? -1 : Math.max(partition.highWatermark - log.logEndOffset, 0)
}

function describeDirectory(broker: BrokerServices, path: string, logs: readonly PartitionLog[]): Directory {
  const { disk } = broker.env
  try {
    return {
      errorCode: ErrorCode.NONE,
      logDir: path,
      totalBytes: BigInt(disk.totalBytesSync(path)),
      usableBytes: BigInt(disk.freeBytesSync(path)),
      topics: [...Map.groupBy(logs, ({ topic }) => topic)].map(([name, ofTopic]) => ({
        name,
        partitions: ofTopic.map((log) => ({
          partitionIndex: log.partition,
          partitionSize: BigInt(log.sizeBytes),
          offsetLag: BigInt(offsetLagOf(broker, log)),
          isFutureKey: false,
        })),
      })),
    }
  } catch (error) {
    if (!(error instanceof DiskError)) throw error
    return { errorCode: ErrorCode.KAFKA_STORAGE_ERROR, logDir: path }
  }
}

/**
 * DescribeLogDirs, key 35 (KIP-113): what lies in this broker's log directories, and how large it is. No replica is ever on its way to
 * another directory here, so `isFutureKey` is false.
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
    const logs = [...logManager.all()].filter(
      ({ topic, partition }) => wantedNames === undefined || wantedNames.has(`${topic}-${partition}`),
    )
    const live = logManager.liveDirectories.map((path) =>
      describeDirectory(
        broker,
        path,
        logs.filter(({ directory }) => directory === path),
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
