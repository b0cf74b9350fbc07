// FindCoordinator (API 10): which broker coordinates a group, a transactional id or a share group.
import { array, int16, int32, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const findCoordinatorRequest = defineRequest(
  'FindCoordinator',
  10,
  { versions: '0-6', flexible: '3+' },
  { key: string('0-3'), keyType: int8('1+'), coordinatorKeys: array(string(), '4+') },
)
export type FindCoordinatorRequest = MessageType<typeof findCoordinatorRequest>

export const findCoordinatorResponse = defineResponse(
  'FindCoordinator',
  10,
  { versions: '0-6', flexible: '3+' },
  {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0-3'),
    errorMessage: string('1-3', { nullable: '1-3', ignorable: true }),
    nodeId: int32('0-3'),
    host: string('0-3'),
    port: int32('0-3'),
    coordinators: array(
      {
        key: string(),
        nodeId: int32(),
        host: string(),
        port: int32(),
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '4+' }),
      },
      '4+',
    ),
  },
)
export type FindCoordinatorResponse = MessageType<typeof findCoordinatorResponse>
