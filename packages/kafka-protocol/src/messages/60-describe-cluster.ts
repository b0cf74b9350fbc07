// DescribeCluster (API 60): cluster id, controller and brokers.
import { array, bool, int16, int32, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const describeClusterRequest = defineRequest(
  'DescribeCluster',
  60,
  { versions: '0-2', flexible: '0+' },
  {
    includeClusterAuthorizedOperations: bool(),
    endpointType: int8('1+', { default: 1 }),
    includeFencedBrokers: bool('2+'),
  },
)
export type DescribeClusterRequest = MessageType<typeof describeClusterRequest>

export const describeClusterResponse = defineResponse(
  'DescribeCluster',
  60,
  { versions: '0-2', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    endpointType: int8('1+', { default: 1 }),
    clusterId: string(),
    controllerId: int32('0+', { default: -1 }),
    brokers: array({
      brokerId: int32(),
      host: string(),
      port: int32(),
      rack: string('0+', { nullable: '0+', default: null }),
      isFenced: bool('2+'),
    }),
    clusterAuthorizedOperations: int32('0+', { default: -0x8000_0000 }),
  },
)
export type DescribeClusterResponse = MessageType<typeof describeClusterResponse>
