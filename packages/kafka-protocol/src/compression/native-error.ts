import { DecodeError } from '@odradek/base'

/** Runs a decompressor of a library; whatever it throws is the fault of the bytes. */
export function decodeNatively<T>(codec: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new DecodeError('TOO_LARGE', `${codec} data grows beyond the size that is allowed`)
    throw new DecodeError(
      'MALFORMED',
      `${codec} data cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
