import { existsSync } from 'node:fs'
import path from 'node:path'
import { cacheFolder } from './folders.ts'
import { alone } from './install-once.ts'
import { mustRun } from './run-command.ts'

/** Installs a package of Debian unless `program`, which it brings, is there; a bare name is looked for where commands are. */
export async function debianPackage(name: string, program: string): Promise<void> {
  const places = path.isAbsolute(program) ? [''] : (process.env['PATH'] ?? '').split(path.delimiter)
  const isThere = () => places.some((place) => existsSync(path.join(place, program)))
  if (isThere()) return
  await alone(`${cacheFolder('debian')}.lock`, async () => {
    if (isThere()) return
    await mustRun('apt-get', ['update', '-qq'], { timeoutMs: 300_000 })
    await mustRun('apt-get', ['install', '-y', '-qq', name], {
      timeoutMs: 300_000,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    })
  })
}
