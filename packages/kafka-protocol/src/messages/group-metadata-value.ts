// GroupMetadataValue: a classic group with its members and assignments in __consumer_offsets.
import { array, bytes, int32, int64, string } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

const memberMetadata = {
  memberId: string(),
  groupInstanceId: string('3+', { nullable: '3+', default: null, ignorable: true }),
  clientId: string(),
  clientHost: string(),
  rebalanceTimeout: int32('1+', { default: -1, ignorable: true }),
  sessionTimeout: int32(),
  subscription: bytes(),
  assignment: bytes(),
}

export const groupMetadataValue = defineData(
  'GroupMetadataValue',
  { versions: '0-4', flexible: '4+' },
  {
    protocolType: string(),
    generation: int32(),
    protocol: string('0+', { nullable: '0+' }),
    leader: string('0+', { nullable: '0+' }),
    currentStateTimestamp: int64('2+', { default: -1n, ignorable: true }),
    members: array(memberMetadata),
  },
)
export type GroupMetadataValue = MessageType<typeof groupMetadataValue>
