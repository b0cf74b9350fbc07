// A pack is the `odradek` command put together from its sources into few files, which Node loads in a third of the time. It is made by itself,
// kept in `.cache/pack`, and used only while each of the files that it came from has the size and the times that it had.
import fs from 'node:fs'
import path from 'node:path'

export const packedEntry = 'packages/cli/bin/odradek.js'
/** What a start of one of these may load is little of the whole, and looked at alone. */
export const namedCommands = ['zookeeper', 'broker', 'up']
export const commandsFolder = 'packages/cli/src/commands/'
/** The list for all other commands. */
export const allFiles = 'all'

export function packFolder(root) {
  return path.join(root, '.cache', 'pack')
}

/** What changes with every change of a file: nobody can set the time of the last change of its inode. */
export function markOf(file) {
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  return stat === undefined ? undefined : [stat.size, stat.mtimeMs, stat.ctimeMs, stat.ino]
}

/** What was written with the pack: its folder, and the files that this command came from. */
export function readList(root, name) {
  try {
    return JSON.parse(fs.readFileSync(path.join(packFolder(root), `${name}.json`), 'utf8'))
  } catch {
    return undefined
  }
}

/** The file to import for these arguments, or undefined when there is no pack, or one of older sources. */
export function findPack(root, args) {
  const name = namedCommands.includes(args[0]) ? args[0] : allFiles
  const list = readList(root, name)
  if (list === undefined) return undefined
  for (const [file, size, mtimeMs, ctimeMs, inode] of list.files) {
    // Joined by hand: node:path looks at each letter, and V8 would optimize that at every start.
    const mark = markOf(`${root}/${file}`)
    if (mark === undefined || mark[0] !== size || mark[1] !== mtimeMs || mark[2] !== ctimeMs || mark[3] !== inode)
      return undefined
  }
  const entry = path.join(packFolder(root), list.folder, 'odradek.js')
  return fs.existsSync(entry) ? entry : undefined
}
