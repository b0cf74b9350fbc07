import { ByteReader, ByteWriter } from '@odradek/base'
import { consumerProtocolAssignment } from '@odradek/kafka-protocol/messages/consumer-protocol-assignment'
import { consumerProtocolSubscription } from '@odradek/kafka-protocol/messages/consumer-protocol-subscription'
import type { Assignment, ISerializer, MemberAssignment, MemberMetadata } from '../types/cluster.ts'

const int16Bytes = 2
const noData = Buffer.alloc(0)

/** What members say of themselves when they join. kafkajs knows what version 0 has, and passes over what newer ones add. */
const metadata = {
  encode({ version, topics, userData = noData }: Omit<MemberMetadata, 'userData'> & { userData?: Buffer }): Buffer {
    const writer = new ByteWriter()
    writer.int16(version)
    consumerProtocolSubscription.encode(writer, { topics, userData }, 0)
    return writer.concat()
  },
  decode(buffer: Buffer): MemberMetadata {
    const reader = new ByteReader(buffer)
    const version = reader.int16()
    const { topics, userData } = consumerProtocolSubscription.decode(reader, 0)
    return { version, topics: [...topics], userData: userData as Buffer }
  },
}

/** What the leader gives each member; null where there is nothing. */
const assignment = {
  encode(given: { version: number; assignment: Assignment; userData?: Buffer }): Buffer {
    const writer = new ByteWriter()
    writer.int16(given.version)
    const assignedPartitions = Object.entries(given.assignment).map(([topic, partitions]) => ({ topic, partitions }))
    consumerProtocolAssignment.encode(writer, { assignedPartitions, userData: given.userData ?? noData }, 0)
    return writer.concat()
  },
  decode(buffer: Buffer): MemberAssignment | null {
    if (buffer.length < int16Bytes) return null
    const reader = new ByteReader(buffer)
    const version = reader.int16()
    const { assignedPartitions, userData } = consumerProtocolAssignment.decode(reader, 0)
    const byTopic = Object.fromEntries(assignedPartitions.map(({ topic, partitions }) => [topic, [...partitions]]))
    return { version, assignment: byTopic, userData: userData as Buffer }
  },
}

export const AssignerProtocol: {
  MemberMetadata: ISerializer<MemberMetadata>
  MemberAssignment: ISerializer<MemberAssignment>
} = { MemberMetadata: metadata, MemberAssignment: assignment }
