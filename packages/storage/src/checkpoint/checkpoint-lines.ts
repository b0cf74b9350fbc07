import { StorageError } from '../storage-error.ts'

/** Fields of the lines of a Kafka checkpoint of version 0, after its version and count, which are checked. Throws `StorageError` CORRUPT_FILE. */
export function checkpointLines(content: Buffer, path: string, fieldCount: number): string[][] {
  const lines = content.toString('utf8').split('\n')
  if (lines.at(-1) === '') lines.pop()
  const [version, count, ...rest] = lines
  if (version !== '0') throw corrupt(path, `version is "${version ?? ''}", not 0`)
  if (count === undefined || Number(count) !== rest.length) {
    throw corrupt(path, `${rest.length} lines where "${count ?? ''}" are announced`)
  }
  return rest.map((line) => {
    const fields = line.split(/\s+/)
    if (fields.length !== fieldCount) throw corrupt(path, `"${line}" does not have ${fieldCount} fields`)
    return fields
  })
}

function corrupt(path: string, what: string): StorageError {
  return new StorageError('CORRUPT_FILE', `${path} is not a checkpoint: ${what}`)
}
