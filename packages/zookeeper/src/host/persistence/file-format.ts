// What opens the two kinds of files, and their names.

/** "ZKSN" */
export const snapshotMagic = 0x5a4b534e
/** "ZKLG" */
export const logMagic = 0x5a4b4c47
export const fileVersion = 2
export const fileHeaderSizeBytes = 16
/** Ends every entry of a log. */
export const endOfEntry = 0x42
/** Checksum and length before an entry. */
export const entryHeadSizeBytes = 12

export interface ZxidFile {
  readonly path: string
  readonly zxid: bigint
}

export function snapshotName(zxid: bigint): string {
  return `snapshot.${zxid.toString(16)}`
}

export function logName(zxid: bigint): string {
  return `log.${zxid.toString(16)}`
}

/** The zxid in a name such as `log.1a` or `snapshot.1a`, also with a suffix for its compression; undefined for other files. */
export function zxidOfName(name: string, prefix: 'snapshot' | 'log'): bigint | undefined {
  const match = /^(snapshot|log)\.([0-9a-f]{1,16})(?:\.gz)?$/.exec(name)
  return match?.[1] === prefix ? BigInt(`0x${match[2]}`) : undefined
}
