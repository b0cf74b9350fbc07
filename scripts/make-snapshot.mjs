// Makes the pack of the sources if need be, and the snapshot of the `zookeeper` command; run by run.mjs beside the first start on a pack. By hand, before
// the first start: node scripts/run.mjs scripts/make-snapshot.mjs
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { findPacker, makePack, notLoadedIn, packerArguments } from './make-pack.mjs'
import { areUnchanged, findPack, packedEntry, packFolder, readList } from './pack.mjs'
import { attemptFile, needsSnapshot, snapshotCommand, snapshotFile } from './snapshot.mjs'

const entry = 'scripts/snapshot-entry.mjs'

/** As what the packer knows an import that it is to leave out. */
function importedAs(file) {
  const [, name] = /^packages\/(.+)\/src\/index\.ts$/.exec(file) ?? []
  return name === undefined ? `./${file}` : `@odradek/${name}`
}

/** Makes the snapshot, unless there is one or it could not be made before. */
function makeSnapshot(root, packer) {
  const { folder, files } = readList(root, snapshotCommand)
  const made = path.join(packFolder(root), folder)
  fs.closeSync(fs.openSync(attemptFile(root), 'wx'))
  const source = path.join(made, `${snapshotCommand}.cjs`)
  const snapshot = path.join(made, `${snapshotCommand}.snapshot`)
  const args = [
    entry,
    ...packerArguments,
    ...notLoadedIn(made, snapshotCommand).map((file) => `--external:${importedAs(file)}`),
    '--format=cjs',
    // In a snapshot nothing can be imported any more, but Node's modules can be required.
    '--supported:dynamic-import=false',
    `--define:import.meta.url=${JSON.stringify(pathToFileURL(path.join(root, packedEntry)).href)}`,
    `--outfile=${source}`,
  ]
  if (spawnSync(packer, args, { cwd: root, stdio: 'ignore' }).status !== 0) return
  // What was read is what the list says only if none of it has changed until now.
  if (!areUnchanged(root, files)) return
  const list = path.join(packFolder(root), `${snapshotCommand}.json`)
  // What has been compiled is to stay so until it is written.
  const flags = ['--no-flush-bytecode', '--snapshot-blob', snapshot, '--build-snapshot']
  const { status } = spawnSync(process.execPath, [...flags, source, list], { cwd: made, stdio: 'ignore' })
  if (status !== 0) return
  for (const name of fs.readdirSync(packFolder(root))) {
    if (name.endsWith('.snapshot')) fs.rmSync(path.join(packFolder(root), name))
  }
  fs.renameSync(snapshot, snapshotFile(root))
}

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const packer = findPacker(root)
os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL)
if (packer !== undefined) {
  if (findPack(root, [snapshotCommand]) === undefined) makePack(root, packer)
  if (needsSnapshot(root)) makeSnapshot(root, packer)
}
