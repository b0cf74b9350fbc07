import { DiskError } from '@odradek/base'
import type { Env } from '@odradek/base'
import { CliError } from './cli-error.ts'

/** The text of a file that the user named. */
export function readTextFile(env: Env, path: string): string {
  try {
    return env.disk.readFileSync(path).toString('utf8')
  } catch (error) {
    if (error instanceof DiskError && error.code === 'NOT_FOUND') {
      throw new CliError('FILE_NOT_FOUND', `there is no file ${path}`, { cause: error })
    }
    throw error
  }
}
