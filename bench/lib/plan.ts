/** One cell of the matrix. */
export interface Load {
  readonly sizeBytes: number
  readonly partitions: number
  readonly codec: 'none' | 'lz4' | 'zstd'
  readonly producers: number
  /** The most of a batch, before compression: what librdkafka and franz-go make, about, or Java's default of 16,384. */
  readonly batchBytes: number
  /** Who produces and consumes: kbench with batches that are made once, which leaves the processor to the brokers, or franz-go as in an application. */
  readonly client: 'raw' | 'franz-go'
}

export interface Plan {
  readonly rounds: number
  readonly mebibytes: number
  /** Of each latency measurement. */
  readonly seconds: number
  readonly starts: number
  readonly idleMs: number
  readonly loads: readonly Load[]
  /** Records a second. */
  readonly latencyRates: readonly number[]
  readonly manyPartitions: number
}

const sizes = [100, 1024, 16_384]
const partitionCounts = [1, 12, 100]
const codecs = ['none', 'lz4', 'zstd'] as const
const producerCounts = [1, 10, 100]

const largeBatchBytes = 1_000_000
const smallBatchBytes = 16_384

function load(sizeBytes: number, partitions: number, others: Partial<Load> = {}): Load {
  return { sizeBytes, partitions, codec: 'none', producers: 1, batchBytes: largeBatchBytes, client: 'raw', ...others }
}

/** Each size with one and with twelve partitions; then each other value once, beside what is the same else; then through franz-go. */
const chosen: readonly Load[] = [
  ...sizes.flatMap((size) => [load(size, 1), load(size, 12)]),
  load(1024, 100),
  load(1024, 12, { codec: 'lz4' }),
  load(1024, 12, { codec: 'zstd' }),
  load(1024, 12, { producers: 10 }),
  load(1024, 12, { producers: 100 }),
  load(1024, 1, { batchBytes: smallBatchBytes }),
  load(1024, 12, { batchBytes: smallBatchBytes, producers: 10 }),
  load(1024, 1, { client: 'franz-go' }),
  load(1024, 12, { client: 'franz-go', codec: 'zstd', producers: 10 }),
]

const all: readonly Load[] = sizes.flatMap((size) =>
  partitionCounts.flatMap((partitions) =>
    codecs.flatMap((codec) => producerCounts.map((producers) => load(size, partitions, { codec, producers }))),
  ),
)

/** `default` takes about twelve minutes on two cores; `full` is the whole matrix; `quick` shows that it works. */
export function planOf(kind: 'default' | 'full' | 'quick', rounds: string | undefined): Plan {
  const common = { latencyRates: [1000, 20_000], manyPartitions: 10_000 }
  switch (kind) {
    case 'quick':
      return {
        ...common,
        rounds: Number(rounds ?? 1),
        mebibytes: 64,
        seconds: 5,
        starts: 1,
        idleMs: 3000,
        loads: [load(1024, 1), load(1024, 12, { codec: 'zstd', producers: 10 })],
        manyPartitions: 1000,
      }
    case 'full':
      return {
        ...common,
        rounds: Number(rounds ?? 3),
        mebibytes: 256,
        seconds: 20,
        starts: 3,
        idleMs: 10_000,
        loads: all,
      }
    default:
      return {
        ...common,
        rounds: Number(rounds ?? 3),
        mebibytes: 192,
        seconds: 10,
        starts: 3,
        idleMs: 10_000,
        loads: chosen,
      }
  }
}
