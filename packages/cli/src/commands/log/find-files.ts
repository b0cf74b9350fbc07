import type { Env } from '@odradek/base'
import path from 'node:path'
import { CliError } from '../../cli-error.ts'

/** What is to be dumped: a segment, or a file beside it. */
export interface FileToDump {
  readonly path: string
  readonly kind: 'segment' | 'other'
  /** Of the directory that holds it; `undefined` when that is named as no partition's. */
  readonly partition: { readonly topic: string; readonly partition: number } | undefined
}

const segmentName = /^\d{20}\.log(\.(deleted|cleaned|swap))?$/

/** The files that the user has named; for a directory of a partition its segments, in their order. */
export function findFiles(env: Env, given: readonly string[]): FileToDump[] {
  return given.flatMap((name) => {
    const clean = name.length > 1 ? name.replace(/\/+$/, '') : name
    const status = env.disk.statusSync(clean)
    if (status === undefined) throw new CliError('FILE_NOT_FOUND', `there is no file ${clean}`)
    if (status.kind !== 'directory') return [fileOf(clean)]
    const segments = env.disk.listSync(clean).filter((entry) => /^\d{20}\.log$/.test(entry))
    if (segments.length > 0) return segments.map((entry) => fileOf(`${clean}/${entry}`))
    throw new CliError(
      'INVALID_OPTION',
      `${clean} holds no segments: name the directory of a partition, such as ${clean}/orders-0, or a file in one`,
    )
  })
}

function fileOf(file: string): FileToDump {
  const directory = path.basename(path.dirname(path.resolve(file)))
  const [, topic, partition] = /^(.+)-(\d{1,10})$/.exec(directory) ?? []
  return {
    path: file,
    kind: segmentName.test(path.basename(file)) ? 'segment' : 'other',
    partition: topic === undefined ? undefined : { topic, partition: Number(partition) },
  }
}
