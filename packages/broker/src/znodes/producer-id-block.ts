import { encodeJson, ZnodeJson } from './znode-json.ts'

/** The newest block of producer ids that a broker got, both ends included. */
export interface ProducerIdBlockZnode {
  readonly brokerId: number
  readonly firstId: bigint
  readonly lastId: bigint
}

/** Written by compare-and-set on its version. */
export const producerIdBlockPath = '/latest_producer_id_block'

export function encodeProducerIdBlock({ brokerId, firstId, lastId }: ProducerIdBlockZnode): Buffer {
  return encodeJson({ version: 1, broker: brokerId, block_start: String(firstId), block_end: String(lastId) })
}

/** Undefined before the first block was handed out. */
export function decodeProducerIdBlock(data: Buffer | null): ProducerIdBlockZnode | undefined {
  if (data === null || data.length === 0) return undefined
  const json = ZnodeJson.parse(producerIdBlockPath, data)
  const id = (field: string): bigint => {
    const text = json.string(field)
    if (!/^\d{1,19}$/.test(text)) throw json.fault(`"${field}" is not a producer id`)
    return BigInt(text)
  }
  return { brokerId: json.integer('broker'), firstId: id('block_start'), lastId: id('block_end') }
}
