// Read-only mounts of a folder over itself: what was open stays writable, nothing else does, for root neither.
import { rmSync } from 'node:fs'
import { temporaryFolder } from '../lib/folders.ts'
import { mustRun, runCommand } from '../lib/run-command.ts'

export async function mountReadOnly(folder: string): Promise<void> {
  await mustRun('mount', ['--bind', folder, folder])
  await mustRun('mount', ['-o', 'remount,ro,bind', folder])
}

export async function unmount(folder: string): Promise<void> {
  await mustRun('umount', ['--lazy', folder])
}

/** Whether this user may mount at all. */
export async function isReadOnlyMountAllowed(): Promise<boolean> {
  const folder = temporaryFolder('read-only')
  const { status } = await runCommand('mount', ['--bind', folder, folder])
  if (status === 0) await unmount(folder)
  rmSync(folder, { recursive: true, force: true })
  return status === 0
}
