import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cacheFolder } from './folders.ts'
import { pause } from './poll-until.ts'

const stampName = 'installed-from.txt'

/**
 * The folder `name` of the judges' cache, with in it what `install` puts there, unless that was done already from the same `wanted` (the text of a lock
 * file, a version, sources). Judges run side by side: whoever comes second waits for the first.
 */
export async function installOnce(
  name: string,
  wanted: string,
  install: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = cacheFolder(name)
  const stamp = path.join(folder, stampName)
  const isThere = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted
  if (isThere()) return folder
  await alone(`${folder}.lock`, async () => {
    if (isThere()) return
    await install(folder)
    writeFileSync(stamp, wanted)
  })
  return folder
}

/** Runs `body` while no other process does with the same lock file, which holds the process id of the one that does. */
export async function alone<T>(lock: string, body: () => Promise<T>): Promise<T> {
  while (!take(lock)) await pause(200)
  try {
    return await body()
  } finally {
    rmSync(lock, { force: true })
  }
}

function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (isLeftBehind(lock)) rmSync(lock, { force: true })
    return false
  }
}

/** Whether the process that took it has ended without giving it back. */
function isLeftBehind(lock: string): boolean {
  try {
    const owner = Number(readFileSync(lock, 'utf8'))
    if (owner === 0) return false
    process.kill(owner, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
