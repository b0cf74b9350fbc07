import { protobufFields } from './protobuf-reader.ts'

/** One number that a client has pushed. */
export interface PushedNumber {
  /** Of the metric, e.g. `org.apache.kafka.consumer.poll.idle.ratio.avg`. */
  readonly name: string
  readonly attributes: readonly (readonly [name: string, value: string])[]
  readonly value: number
  /** What is to be added to what was pushed before. */
  readonly isDelta: boolean
}

/** OpenTelemetry's aggregation temporality DELTA. */
const deltaTemporality = 1n

/**
 * The gauges and sums of a message `MetricsData` of OpenTelemetry's protocol, version 1, at most `countMax`; of histograms the sum and the
 * count. Throws `DecodeError`.
 */
export function decodeOtlpMetrics(message: Buffer, countMax: number): PushedNumber[] {
  const numbers: PushedNumber[] = []
  for (const resource of messages(message, 1)) {
    for (const scope of messages(resource, 2)) {
      for (const metric of messages(scope, 2)) {
        for (const number of numbersOf(metric)) {
          if (numbers.length >= countMax) return numbers
          numbers.push(number)
        }
      }
    }
  }
  return numbers
}

function* messages(message: Buffer, fieldNumber: number): Generator<Buffer> {
  for (const { number, bytes } of protobufFields(message)) if (number === fieldNumber) yield bytes
}

/** Metric: name 1, gauge 5, sum 7, histogram 9. */
function* numbersOf(metric: Buffer): Generator<PushedNumber> {
  let name = ''
  for (const { number, bytes } of protobufFields(metric)) if (number === 1) name = bytes.toString()
  for (const { number, bytes } of protobufFields(metric)) {
    if (number !== 5 && number !== 7 && number !== 9) continue
    let isDelta = false
    for (const field of protobufFields(bytes)) {
      if (field.number === 2 && number !== 5) isDelta = field.value === deltaTemporality
    }
    for (const point of messages(bytes, 1)) {
      if (number === 9) yield* histogramNumbers(name, point, isDelta)
      else yield { name, isDelta, ...numberPoint(point) }
    }
  }
}

/** NumberDataPoint: value 4 (double) or 6 (integer), attributes 7. */
function numberPoint(point: Buffer): Pick<PushedNumber, 'value' | 'attributes'> {
  const attributes: (readonly [string, string])[] = []
  let value = 0
  for (const field of protobufFields(point)) {
    if (field.number === 4) value = doubleOf(field.value)
    else if (field.number === 6) value = Number(BigInt.asIntN(64, field.value))
    else if (field.number === 7) attributes.push(attributeOf(field.bytes))
  }
  return { value, attributes }
}

/** HistogramDataPoint: count 4, sum 5, attributes 9. */
function* histogramNumbers(name: string, point: Buffer, isDelta: boolean): Generator<PushedNumber> {
  const attributes: (readonly [string, string])[] = []
  let count = 0
  let sum = 0
  for (const field of protobufFields(point)) {
    if (field.number === 4) count = Number(field.value)
    else if (field.number === 5) sum = doubleOf(field.value)
    else if (field.number === 9) attributes.push(attributeOf(field.bytes))
  }
  yield { name: `${name}.count`, attributes, value: count, isDelta }
  yield { name: `${name}.sum`, attributes, value: sum, isDelta }
}

/** KeyValue: key 1, value 2, an AnyValue: string 1, bool 2, integer 3, double 4. */
function attributeOf(bytes: Buffer): readonly [string, string] {
  let key = ''
  let value = ''
  for (const field of protobufFields(bytes)) {
    if (field.number === 1) key = field.bytes.toString()
    if (field.number !== 2) continue
    for (const any of protobufFields(field.bytes)) {
      if (any.number === 1) value = any.bytes.toString()
      else if (any.number === 2) value = any.value === 0n ? 'false' : 'true'
      else if (any.number === 3) value = String(BigInt.asIntN(64, any.value))
      else if (any.number === 4) value = String(doubleOf(any.value))
    }
  }
  return [key, value]
}

function doubleOf(bits: bigint): number {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(bits)
  return bytes.readDoubleLE()
}
