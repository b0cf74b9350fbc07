import { randomInt } from 'node:crypto'
import { murmur2 } from '@odradek/client'
import type { ICustomPartitioner, PartitionerArgs } from '../types/config.ts'
import { legacyMurmur2 } from './legacy-murmur2.ts'

type Hash = (key: Buffer) => number

/** What a message says itself; else the hash of its key; else those partitions in turn that have a leader, for each topic on its own. */
function partitionerWith(hash: Hash): ICustomPartitioner {
  return () => {
    const turns = new Map<string, number>()
    const nextTurn = (topic: string): number => {
      const turn = ((turns.get(topic) ?? randomInt(2 ** 31)) + 1) & 0x7fff_ffff
      turns.set(topic, turn)
      return turn
    }
    return ({ topic, partitionMetadata, message }: PartitionerArgs): number => {
      const { key, partition } = message
      if (partition !== undefined && partition !== null) return partition
      if (key !== undefined && key !== null) return (hash(bytesOf(key)) & 0x7fff_ffff) % partitionMetadata.length
      const available = partitionMetadata.filter(({ leader }) => leader >= 0)
      const turn = nextTurn(topic)
      const chosen = available[turn % available.length]
      return chosen === undefined ? turn % partitionMetadata.length : chosen.partitionId
    }
  }
}

export function bytesOf(value: Buffer | string): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.from(String(value))
}

/** As Java's default partitioner has keys. */
const DefaultPartitioner = partitionerWith(murmur2)
/** As kafkajs had keys before 2.0, which is not quite as Java has. */
const LegacyPartitioner = partitionerWith(legacyMurmur2)

export const Partitioners = { DefaultPartitioner, LegacyPartitioner, JavaCompatiblePartitioner: DefaultPartitioner }
