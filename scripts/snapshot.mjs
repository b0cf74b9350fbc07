// A snapshot is the memory of a process that has started a command once: a start from it has neither to load the sources nor to compile them. It is made
// by itself beside the first start on a pack, kept in `.cache/pack`, and goes back to scripts/run.mjs when a source has changed. Node refuses
// one that another Node or another kind of processor made, and ends; so it is of one installation and one boot, and bin/odradek looks at both.
import fs from 'node:fs'
import path from 'node:path'
import { packFolder, readList } from './pack.mjs'

/** The command of which there is a snapshot: the server whose start counts most. */
export const snapshotCommand = 'zookeeper'

/** What a snapshot comes from beside the command's own sources. */
export const snapshotFiles = [
  'scripts/snapshot.mjs',
  'scripts/make-snapshot.mjs',
  'scripts/snapshot-entry.mjs',
  'scripts/tune-heap.mjs',
]

/** Undefined where the system does not name its boots. */
function bootOf() {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return undefined
  }
}

function installedMs(root) {
  return fs.statSync(path.join(root, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false })?.mtimeMs
}

/** Where the snapshot is or will be; undefined where none can be used. */
export function snapshotFile(root) {
  const boot = bootOf()
  if (boot === undefined || installedMs(root) === undefined || typeof process.execve !== 'function') return undefined
  return path.join(packFolder(root), `${snapshotCommand}-${boot}.snapshot`)
}

/** A file that whoever begins to make a snapshot of the pack makes first: one that could not be made is not tried again at each start. */
export function attemptFile(root) {
  const folder = readList(root, snapshotCommand)?.folder
  return folder && path.join(packFolder(root), folder, `snapshot-${bootOf()}-${installedMs(root)}`)
}

/** Whether this start came without a snapshot because there is none yet. */
export function needsSnapshot(root) {
  const file = snapshotFile(root)
  const attempt = attemptFile(root)
  return file !== undefined && attempt !== undefined && !fs.existsSync(attempt)
}
