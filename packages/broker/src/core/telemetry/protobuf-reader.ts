import { DecodeError } from '@odradek/base'

/** One field of a message in protobuf's wire format. */
export interface ProtobufField {
  readonly number: number
  /** A varint, or the eight bytes of a fixed64 that `value` was read from. */
  readonly value: bigint
  /** Of a field with a length; empty for others. */
  readonly bytes: Buffer
}

/** The fields of a message in the order in which they stand. Nothing is copied. Throws `DecodeError`. */
export function* protobufFields(message: Buffer): Generator<ProtobufField> {
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++]
      if (byte === undefined) throw new DecodeError('TRUNCATED', `a number ends at byte ${message.length}`)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new DecodeError('MALFORMED', 'a number of more than ten bytes')
  }
  const take = (length: number): Buffer => {
    if (length > message.length - at) {
      throw new DecodeError('TRUNCATED', `${length} bytes wanted at byte ${at}, ${message.length - at} left`)
    }
    at += length
    return message.subarray(at - length, at)
  }
  while (at < message.length) {
    const tag = Number(varint())
    const number = Math.floor(tag / 8)
    switch (tag % 8) {
      case 0:
        yield { number, value: varint(), bytes: nothing }
        break
      case 1:
        yield { number, value: take(8).readBigUInt64LE(), bytes: nothing }
        break
      case 2:
        yield { number, value: 0n, bytes: take(Number(varint())) }
        break
      case 5:
        yield { number, value: BigInt(take(4).readUInt32LE()), bytes: nothing }
        break
      default:
        throw new DecodeError('MALFORMED', `a field of wire type ${tag % 8}`)
    }
  }
}

const nothing = Buffer.alloc(0)
