import type { Disk } from '@odradek/base'

/**
 * Replaces a file as one step, as `Disk.writeFileAtomicSync`, but syncs its content beside other work; the name is durable after a sync of the
 * directory. `isWanted` is asked when the content is safe: when the answer is no, because the directory is somebody else's by now or something
 * newer was stored, nothing is replaced. Resolves with that answer. Rejects with `DiskError`.
 */
export async function replaceFile(
  disk: Disk,
  path: string,
  content: Uint8Array,
  isWanted: () => boolean,
): Promise<boolean> {
  const next = `${path}.next`
  const file = disk.openSync(next, 'truncate')
  try {
    file.writeSync([content], 0)
    await file.sync()
  } finally {
    file.closeSync()
  }
  if (!isWanted()) return false
  disk.renameSync(next, path)
  return true
}
