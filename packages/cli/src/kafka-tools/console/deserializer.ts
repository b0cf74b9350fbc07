import { javaDouble } from '../java-error.ts'
import { ToolError } from '../tool-error.ts'

/** Shows bytes as a value of some type. Throws `ToolError` for bytes that are no such value. */
export type Deserializer = (bytes: Buffer) => string

/** The deserializer of that Java class, with or without its package; undefined for one that we do not have. */
export function deserializerOf(className: string): Deserializer | undefined {
  const name = className.replace(/^org\.apache\.kafka\.common\.serialization\./, '')
  return Object.hasOwn(deserializers, name) ? deserializers[name] : undefined
}

function sized(type: string, sizeBytes: number, read: Deserializer): Deserializer {
  return (bytes) => {
    if (bytes.length === sizeBytes) return read(bytes)
    throw new ToolError(
      'REFUSED',
      `org.apache.kafka.common.errors.SerializationException: Size of data received by ${type}Deserializer is not ${sizeBytes}`,
    )
  }
}

/** The shortest text that is read back as the same 32-bit number, as Java prints it. */
function javaFloat(value: number): string {
  for (let digits = 1; digits <= 9; digits++) {
    const rounded = Number(value.toPrecision(digits))
    if (Math.fround(rounded) === value) return javaDouble(rounded)
  }
  return javaDouble(value)
}

const deserializers: Readonly<Record<string, Deserializer>> = {
  StringDeserializer: (bytes) => bytes.toString('utf8'),
  // Java's shows the identity of an array here, which says nothing: the bytes as they are.
  ByteArrayDeserializer: (bytes) => bytes.toString('utf8'),
  // Printable ASCII as it is but for the backslash, the rest in hexadecimal.
  BytesDeserializer: (bytes) =>
    [...bytes]
      .map((byte) =>
        byte >= 0x20 && byte < 0x7f && byte !== 0x5c
          ? String.fromCharCode(byte)
          : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`,
      )
      .join(''),
  ByteBufferDeserializer: ({ length }) => `java.nio.HeapByteBuffer[pos=0 lim=${length} cap=${length}]`,
  BooleanDeserializer: sized('Boolean', 1, (bytes) => String(bytes[0] === 1)),
  ShortDeserializer: sized('Short', 2, (bytes) => String(bytes.readInt16BE())),
  IntegerDeserializer: sized('Integer', 4, (bytes) => String(bytes.readInt32BE())),
  LongDeserializer: sized('Long', 8, (bytes) => String(bytes.readBigInt64BE())),
  FloatDeserializer: sized('Float', 4, (bytes) => javaFloat(bytes.readFloatBE())),
  DoubleDeserializer: sized('Double', 8, (bytes) => javaDouble(bytes.readDoubleBE())),
  UUIDDeserializer: (bytes) => bytes.toString('utf8').toLowerCase(),
}
