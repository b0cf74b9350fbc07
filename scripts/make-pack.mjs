import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { allFiles, commandsFolder, markOf, namedCommands, packedEntry, packFolder, readList } from './pack.mjs'

/** The clock of a file system may stand still for so long. */
const clockStepMs = 50
const packAgeMaxMs = 7 * 24 * 60 * 60 * 1000

/** Modules that are CommonJS ask for Node's own by `require`. */
const banner =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);"
/** What is not there on every machine, and is looked for when it is needed; and CommonJS that is imported later, whose names a pack would not have. */
const external = ['snappy', 'lz4-napi', '@node-rs/crc32', 'yaml']

/** What is loaded by other commands only. */
const otherFolders = [commandsFolder, 'packages/cli/src/kafka-tools/']
const notLoadedBy = { zookeeper: ['packages/broker/src/index.ts', 'packages/cli/src/error-lines.ts'] }

/**
 * Makes the pack of the sources as they are, and returns the file to import; undefined when it cannot be made here, or when a source was changed
 * meanwhile. Processes that still run the pack before find it where it was; older ones go when they are a week old.
 */
export function makePack(root, packer = findPacker(root)) {
  if (packer === undefined) return undefined
  const startMs = Date.now()
  const folder = packFolder(root)
  let made
  let isWhole = false
  try {
    fs.mkdirSync(folder, { recursive: true })
    made = fs.mkdtempSync(path.join(folder, 'pack-'))
    fs.writeFileSync(path.join(made, 'package.json'), '{ "type": "module" }\n')
    const metadataFile = path.join(made, 'metadata.json')
    const args = [
      packedEntry,
      '--bundle',
      '--splitting',
      '--format=esm',
      '--platform=node',
      '--conditions=source',
      '--log-level=silent',
      `--outdir=${made}`,
      `--metafile=${metadataFile}`,
      `--banner:js=${banner}`,
      ...external.map((name) => `--external:${name}`),
    ]
    if (spawnSync(packer, args, { cwd: root, stdio: 'ignore' }).status !== 0) return undefined
    const { outputs } = JSON.parse(fs.readFileSync(metadataFile, 'utf8'))
    fs.rmSync(metadataFile)
    removeOld(root, startMs)
    const marks = new Map()
    for (const name of [allFiles, ...namedCommands]) {
      const files = [...commonFiles(root), ...inputsOf(outputs, name)].map((file) => [
        file,
        ...markCached(marks, root, file),
      ])
      // Who knows which of the two contents was read?
      if (files.some(([, , mtimeMs, ctimeMs]) => Math.max(mtimeMs, ctimeMs) > startMs - clockStepMs)) return undefined
      const list = path.join(made, `${name}.json`)
      fs.writeFileSync(list, JSON.stringify({ folder: path.basename(made), files }))
      fs.renameSync(list, path.join(folder, `${name}.json`))
    }
    isWhole = true
    return path.join(made, 'odradek.js')
  } catch {
    // A folder that cannot be written to, a full disk: the sources can be run without it.
    return undefined
  } finally {
    if (!isWhole && made !== undefined) fs.rmSync(made, { recursive: true, force: true })
  }
}

/** The packer's own binary for this system, if it is installed. */
function findPacker(root) {
  const file = path.join(root, 'node_modules', '@esbuild', `${process.platform}-${process.arch}`, 'bin', 'esbuild')
  return fs.existsSync(file) ? file : undefined
}

/** What decides of how modules are found and read, beside the modules. */
function commonFiles(root) {
  const packages = path.join(root, 'packages')
  const manifests = fs.readdirSync(packages).map((name) => `packages/${name}/package.json`)
  const files = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'scripts/pack.mjs',
    'scripts/make-pack.mjs',
    ...manifests,
  ]
  return files.filter((file) => fs.existsSync(path.join(root, file)))
}

/** The sources of all that a command may load: no other command's. */
function inputsOf(outputs, name) {
  const entry = Object.keys(outputs).find((output) => outputs[output].entryPoint === packedEntry)
  const seen = new Set()
  const visit = (output) => {
    if (seen.has(output)) return
    seen.add(output)
    for (const { path: target, external } of outputs[output].imports) {
      if (external !== true && mayLoad(outputs[target]?.entryPoint, name)) visit(target)
    }
  }
  visit(entry)
  return new Set([...seen].flatMap((output) => Object.keys(outputs[output].inputs)))
}

function mayLoad(entryPoint, name) {
  if (name === allFiles || entryPoint === undefined || entryPoint === `${commandsFolder}${name}.ts`) return true
  return (
    !otherFolders.some((folder) => entryPoint.startsWith(folder)) && !(notLoadedBy[name] ?? []).includes(entryPoint)
  )
}

function markCached(marks, root, file) {
  const mark = marks.get(file) ?? markOf(path.join(root, file)) ?? []
  marks.set(file, mark)
  return mark
}

/** Keeps the pack that was in use until now: a server may have been running on it for months. */
function removeOld(root, nowMs) {
  const folder = packFolder(root)
  const inUse = new Set([allFiles, ...namedCommands].map((name) => readList(root, name)?.folder))
  for (const name of fs.readdirSync(folder)) {
    if (!name.startsWith('pack-') || inUse.has(name)) continue
    const { mtimeMs } = fs.statSync(path.join(folder, name))
    if (nowMs - mtimeMs > packAgeMaxMs) fs.rmSync(path.join(folder, name), { recursive: true, force: true })
  }
}
