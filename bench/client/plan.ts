export const acksKinds = ['all', '1', '0'] as const
export type Acks = (typeof acksKinds)[number]
export type Codec = 'none' | 'lz4'

/** One row of the table. */
export interface Row {
  readonly work: 'one' | 'batch' | 'stream' | 'consume'
  readonly acks: Acks
  readonly sizeBytes: number
  readonly codec: Codec
}

export interface ClientPlan {
  readonly rounds: number
  /** Of each measurement of a producer. */
  readonly seconds: number
  /** What is consumed, for each size. */
  readonly mebibytes: number
  readonly rows: readonly Row[]
}

const row = (work: Row['work'], acks: Acks = 'all', sizeBytes = 1024, codec: Codec = 'none'): Row => ({
  work,
  acks,
  sizeBytes,
  codec,
})

const works = ['one', 'batch', 'stream'] as const

/** `quick` takes about five minutes on two cores, the other about three quarters of an hour. */
export function clientPlan(isQuick: boolean, rounds: string | undefined): ClientPlan {
  if (isQuick) {
    const rows = [
      ...works.map((work) => row(work)),
      row('stream', '1'),
      row('stream', '0'),
      row('stream', 'all', 1024, 'lz4'),
      row('consume'),
      row('consume', 'all', 100),
    ]
    return { rounds: Number(rounds ?? 1), seconds: 1.5, mebibytes: 128, rows }
  }
  const sizes = [100, 1024]
  const codecs = ['none', 'lz4'] as const
  const rows = [
    ...works.flatMap((work) =>
      acksKinds.flatMap((acks) => sizes.flatMap((size) => codecs.map((codec) => row(work, acks, size, codec)))),
    ),
    ...sizes.flatMap((size) => codecs.map((codec) => row('consume', 'all', size, codec))),
  ]
  return { rounds: Number(rounds ?? 3), seconds: 2, mebibytes: 128, rows }
}
