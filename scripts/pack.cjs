// A pack is the `odradek` command put together from its sources: for the commands that run servers one file each, as such loads fastest, and for all
// others many that share what they have in common. It is made by itself, kept in `.cache/pack`, and used only while each of the files that it came
// from has the size and the times that it had. Plain CommonJS, which Node starts faster than modules.
'use strict'
const fs = require('node:fs')
const path = require('node:path')

exports.packedEntry = 'packages/cli/bin/odradek.js'
/** Commands with a pack of their own: what a start of one of these may load is little of the whole, and looked at alone. */
exports.namedCommands = ['zookeeper', 'broker', 'up']
/** The pack of all other commands. */
exports.allCommands = 'all'
exports.packFolder = packFolder
exports.packName = packName
exports.markOf = markOf
exports.readList = readList
exports.findPack = findPack

function packFolder(root) {
  return `${root}/.cache/pack`
}

/** Of these arguments. */
function packName(args) {
  return exports.namedCommands.includes(args[0]) ? args[0] : exports.allCommands
}

/** What changes with every change of a file: nobody can set the time of the last change of its inode. */
function markOf(file) {
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  return stat === undefined ? undefined : [stat.size, stat.mtimeMs, stat.ctimeMs, stat.ino]
}

/** What was written with the pack: its folder, the file in it to begin with, and the sources that it came from. */
function readList(root, name) {
  try {
    return JSON.parse(fs.readFileSync(`${packFolder(root)}/${name}.json`, 'latin1'))
  } catch {
    return undefined
  }
}

/** The file to load for these arguments, or undefined when there is no pack, or one of older sources. */
function findPack(root, args) {
  const list = readList(root, packName(args))
  if (list === undefined) return undefined
  for (const [file, size, mtimeMs, ctimeMs, inode] of list.files) {
    // Joined by hand: node:path looks at each letter, and V8 would optimize that at every start.
    const mark = markOf(`${root}/${file}`)
    if (mark === undefined || mark[0] !== size || mark[1] !== mtimeMs || mark[2] !== ctimeMs || mark[3] !== inode)
      return undefined
  }
  const entry = path.join(packFolder(root), list.folder, list.entry)
  return fs.existsSync(entry) ? entry : undefined
}
