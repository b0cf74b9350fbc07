import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { allCommands, markOf, namedCommands, packedEntry, packFolder, readList } from './pack.cjs'

/** The clock of a file system may stand still for so long. */
const clockStepMs = 50
const packAgeMaxMs = 7 * 24 * 60 * 60 * 1000

/** What is not there on every machine, and is looked for when it is needed; and CommonJS that is imported later, whose names a pack would not have. */
const external = ['snappy', 'lz4-napi', '@node-rs/crc32', 'yaml']
/** Of the pack in many files. Modules that are CommonJS ask for Node's own by `require`. */
const sharedOptions = [
  '--format=esm',
  '--splitting',
  "--banner:js=import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
]
/** Of a pack in one file. */
const singleOptions = [
  '--format=cjs',
  '--supported:dynamic-import=false',
  "--banner:js=const moduleUrl = require('node:url').pathToFileURL(__filename).href;",
  '--define:import.meta.url=moduleUrl',
  // The library that reads arguments could run other programs, which no server does: it takes a tenth of the start to load what that needs.
  '--alias:node:child_process=./scripts/no-child-process.cjs',
]
const commandsFolder = 'packages/cli/src/commands'
const toolsFolder = 'packages/cli/src/kafka-tools'
/** What this command does not load, beside other commands. */
const notLoadedBy = { zookeeper: ['@odradek/broker', './packages/cli/src/error-lines.ts'] }

/**
 * Makes the pack of this name (`packName`) of the sources as they are, and returns the file to load; undefined when it cannot be made here, or when a
 * source was changed meanwhile. Processes that still run the pack before find it where it was; older ones go when they are a week old.
 */
export function makePack(root, name, packer = findPacker(root)) {
  if (packer === undefined) return undefined
  const startMs = Date.now()
  const folder = packFolder(root)
  let made
  let isWhole = false
  try {
    fs.mkdirSync(folder, { recursive: true })
    made = fs.mkdtempSync(path.join(folder, 'pack-'))
    fs.writeFileSync(path.join(made, 'package.json'), '{ "type": "module" }\n')
    const entry = name === allCommands ? 'odradek.js' : 'odradek.cjs'
    const metadataFile = path.join(made, 'metadata.json')
    const args = [
      packedEntry,
      '--bundle',
      '--platform=node',
      '--conditions=source',
      '--log-level=silent',
      `--metafile=${metadataFile}`,
      ...external.map((one) => `--external:${one}`),
      ...(name === allCommands
        ? [`--outdir=${made}`, ...sharedOptions]
        : [`--outfile=${path.join(made, entry)}`, ...singleOptions, ...externalFor(root, name)]),
    ]
    if (spawnSync(packer, args, { cwd: root, stdio: 'ignore' }).status !== 0) return undefined
    const { inputs } = JSON.parse(fs.readFileSync(metadataFile, 'utf8'))
    fs.rmSync(metadataFile)
    removeOld(root, startMs)
    const files = [...new Set([...commonFiles(root), ...Object.keys(inputs)])].map((file) => [
      file,
      ...(markOf(path.join(root, file)) ?? []),
    ])
    // Who knows which of the two contents was read?
    if (files.some(([, , mtimeMs, ctimeMs]) => Math.max(mtimeMs, ctimeMs) > startMs - clockStepMs)) return undefined
    const list = path.join(made, 'list.json')
    fs.writeFileSync(list, JSON.stringify({ folder: path.basename(made), entry, files }))
    fs.renameSync(list, path.join(folder, `${name}.json`))
    isWhole = true
    return path.join(made, entry)
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
    'scripts/pack.cjs',
    'scripts/run-pack.cjs',
    'scripts/make-pack.mjs',
    'scripts/no-child-process.cjs',
    ...manifests,
  ]
  return files.filter((file) => fs.existsSync(path.join(root, file)))
}

/** What the pack of one command leaves out: other commands, which would never be asked for. */
function externalFor(root, name) {
  const commands = fs.existsSync(path.join(root, commandsFolder)) ? fs.readdirSync(path.join(root, commandsFolder)) : []
  const others = commands
    .filter((file) => file !== `${name}.ts`)
    .map((file) => `./${commandsFolder}/${file.endsWith('.ts') ? file : `${file}/*`}`)
  const toolFiles = [`./${toolsFolder}/kafka-*`]
  return [...others, ...toolFiles, ...(notLoadedBy[name] ?? [])].map((one) => `--external:${one}`)
}

/** Keeps the pack that was in use until now: a server may have been running on it for months. */
function removeOld(root, nowMs) {
  const folder = packFolder(root)
  const inUse = new Set([allCommands, ...namedCommands].map((name) => readList(root, name)?.folder))
  for (const name of fs.readdirSync(folder)) {
    if (!name.startsWith('pack-') || inUse.has(name)) continue
    const { mtimeMs } = fs.statSync(path.join(folder, name))
    if (nowMs - mtimeMs > packAgeMaxMs) fs.rmSync(path.join(folder, name), { recursive: true, force: true })
  }
}
