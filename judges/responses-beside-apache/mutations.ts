// Variations of a request: each field in turn gets what should not be there.
import type { Message } from '@odradek/kafka-protocol'
import type { Value } from './cases.ts'

type Fields = Message['fields']
type Field = Fields[string]

const numbers: Readonly<Record<string, readonly unknown[]>> = {
  bool: [true, false],
  int8: [-1, 0, 1, 2, 127],
  int16: [-2, -1, 0, 2, 99],
  int32: [-2, -1, 0, 1, 7, 0x7fff_ffff],
  int64: [-3n, -1n, 0n, 1n, 1_000_000_000n],
  float64: [-1, 0, 0.5, 1e12],
  string: ['', 'missing', 'bad/name', 'ü', 'x'.repeat(250)],
  uuid: ['AAAAAAAAAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAAAAAAAAQ'],
  bytes: [Buffer.alloc(0), Buffer.from([1, 2, 3])],
  records: [null, Buffer.alloc(0), Buffer.from([1, 2, 3])],
}

/** Fields that only make both brokers wait. */
const unvaried = new Set(['maxWaitMs', 'timeoutMs', 'minBytes'])

/** Apache's broker makes as many partitions as it is told, and dies of two thousand million; ours refuses. */
const counts = /numPartitions|count$/

/** What one message's value becomes when one thing in it is changed; `where` says which and to what. */
export function* mutations(fields: Fields, value: Value, path = ''): Generator<{ where: string; value: Value }> {
  for (const [name, field] of Object.entries(fields)) {
    if (!(name in value) || unvaried.has(name)) continue
    for (const { where, value: inner } of fieldMutations(field, value[name], path + name)) {
      yield { where, value: { ...value, [name]: inner } }
    }
  }
}

function* fieldMutations(field: Field, value: unknown, path: string): Generator<{ where: string; value: unknown }> {
  if (field.nullable !== undefined && value !== null) yield { where: `${path} null`, value: null }
  if (field.type === 'struct' && value !== null) {
    yield* mutations(field.fields ?? {}, value as Value, `${path}.`)
  } else if (field.type === 'array') {
    const elements = (value ?? []) as readonly unknown[]
    if (elements.length > 0) {
      yield { where: `${path} empty`, value: [] }
      // Apache's broker never answers a member that names a protocol twice; of what is produced twice it keeps one.
      if (!/protocols|topicData|partitionData$/.test(path))
        yield { where: `${path} twice`, value: [...elements, ...elements] }
    }
    const [first, ...rest] = elements
    if (first === undefined || field.element === undefined) return
    for (const inner of fieldMutations(field.element, first, `${path}[0]`)) {
      yield { where: inner.where, value: [inner.value, ...rest] }
    }
  } else {
    for (const other of numbers[field.type] ?? []) {
      if (other !== value && !(counts.test(path) && other === 0x7fff_ffff))
        yield { where: `${path} ${shown(other)}`, value: other }
    }
  }
}

function shown(value: unknown): string {
  return Buffer.isBuffer(value) ? `${value.length} bytes` : String(value).slice(0, 20)
}
