import { DiskError } from '@odradek/base'
import type { DiskErrorCode } from '@odradek/base'

const codes: Readonly<Record<string, DiskErrorCode>> = {
  ENOENT: 'NOT_FOUND',
  EEXIST: 'EXISTS',
  ENOTEMPTY: 'NOT_EMPTY',
  ENOTDIR: 'NOT_A_DIRECTORY',
  EISDIR: 'IS_A_DIRECTORY',
  EACCES: 'PERMISSION_DENIED',
  EPERM: 'PERMISSION_DENIED',
  EROFS: 'PERMISSION_DENIED',
  ENOSPC: 'NO_SPACE',
  EDQUOT: 'NO_SPACE',
  EFBIG: 'NO_SPACE',
  EMFILE: 'TOO_MANY_OPEN_FILES',
  ENFILE: 'TOO_MANY_OPEN_FILES',
  EBADF: 'CLOSED',
}

const texts: Readonly<Record<DiskErrorCode, string>> = {
  NOT_FOUND: 'there is no such file or directory',
  EXISTS: 'it exists already',
  NOT_EMPTY: 'the directory is not empty',
  NOT_A_DIRECTORY: 'a part of the path is not a directory',
  IS_A_DIRECTORY: 'it is a directory',
  PERMISSION_DENIED: 'permission denied: check the owner and mode',
  NO_SPACE: 'no space left: free some, or move the data to a larger disk',
  TOO_MANY_OPEN_FILES: 'too many open files: raise the limit (ulimit -n)',
  LOCKED: 'another process holds it',
  CLOSED: 'the file is closed',
  IO: '',
}

/** What node:fs reports about `action` ("cannot open", …) at `path`, as the error of the port. */
export function mapDiskError(error: unknown, action: string, path: string): DiskError {
  if (error instanceof DiskError) return error
  const system = error as NodeJS.ErrnoException
  const code = codes[system.code ?? ''] ?? 'IO'
  return new DiskError(code, `${action} ${path}: ${code === 'IO' ? system.message : texts[code]}`, { cause: error })
}

/** Runs `work` and turns what it throws into a `DiskError`. */
export function withDiskErrors<T>(action: string, path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw mapDiskError(error, action, path)
  }
}

/** As `withDiskErrors`, for work that takes its time. */
export async function withDiskErrorsLater<T>(action: string, path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw mapDiskError(error, action, path)
  }
}
