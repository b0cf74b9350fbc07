// DescribeLogDirs (API 35): log directories of a broker, with the sizes of what is in them.
import { array, bool, int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const describeLogDirsRequest = defineRequest(
  'DescribeLogDirs',
  35,
  { versions: '1-5', flexible: '2+' },
  { topics: array({ topic: string(), partitions: array(int32()) }, '0+', { nullable: '0+' }) },
)
export type DescribeLogDirsRequest = MessageType<typeof describeLogDirsRequest>

export const describeLogDirsResponse = defineResponse(
  'DescribeLogDirs',
  35,
  { versions: '1-5', flexible: '2+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16('3+', { ignorable: true }),
    results: array({
      errorCode: int16(),
      logDir: string(),
      topics: array({
        name: string(),
        partitions: array({ partitionIndex: int32(), partitionSize: int64(), offsetLag: int64(), isFutureKey: bool() }),
      }),
      totalBytes: int64('4+', { default: -1n, ignorable: true }),
      usableBytes: int64('4+', { default: -1n, ignorable: true }),
      isCordoned: bool('5+', { ignorable: true }),
    }),
  },
)
export type DescribeLogDirsResponse = MessageType<typeof describeLogDirsResponse>
