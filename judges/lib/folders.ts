import { mkdirSync, mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..')

/** What the judges install lives here, outside of what git tracks, and is kept between runs. */
export function cacheFolder(name: string): string {
  const folder = path.join(root, '.cache', 'judges', name)
  mkdirSync(folder, { recursive: true })
  return folder
}

/** A new empty folder that belongs to this run. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(path.join(os.tmpdir(), `odradek-${name}-`))
}
