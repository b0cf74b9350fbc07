// Goes on as the `odradek` command in this process, from its pack. Modules of Node that a usual start can do without are loaded where they are used.
'use strict'
const fs = require('node:fs')
const { namedCommands, packedEntry } = require('./pack.cjs')

exports.runPack = runPack

/** The start is over then. */
const youngGenerationLookMs = 500
const youngGenerationSizeBytes = 16 * 2 ** 20
/** Before the flags change again. */
const compiledLookMs = 400
const checksumSizeBytes = 4

/** Runs the pack that begins with this file as if the sources were run with these arguments. Returns a promise if it takes one. */
function runPack(root, file, args) {
  const isServer = namedCommands.includes(args[0])
  if (isServer) tuneCollector(args[0] === 'zookeeper')
  process.argv.splice(1, process.argv.length, `${root}/${packedEntry}`, ...args)
  if (file.endsWith('.cjs')) return runFile(file)
  return import(require('node:url').pathToFileURL(file).href)
}

/**
 * Runs a file of CommonJS with what V8 has compiled of it in an earlier start, kept beside it. Node's own cache of that kind holds no function that is
 * compiled when it is first called, and these are nearly all that a start needs.
 */
function runFile(file) {
  const { Script } = require('node:vm')
  const { createRequire, wrap } = require('node:module')
  const compiledFile = `${file}.${process.arch}-${process.version}`
  const cachedData = readCompiled(compiledFile)
  const source = fs.readFileSync(file, 'utf8').replace(/^#!/, '//')
  const script = new Script(wrap(source), { filename: file, cachedData })
  if (cachedData === undefined || script.cachedDataRejected === true) {
    setTimeout(() => writeCompiled(compiledFile, script.createCachedData()), compiledLookMs).unref()
  }
  const module = { exports: {} }
  script.runInThisContext()(module.exports, createRequire(file), module, file, file.slice(0, file.lastIndexOf('/')))
}

/** V8 looks at version and length only. */
function readCompiled(file) {
  try {
    const content = fs.readFileSync(file)
    const compiled = content.subarray(checksumSizeBytes)
    return require('node:zlib').crc32(compiled) === content.readUInt32LE(0) ? compiled : undefined
  } catch {
    return undefined
  }
}

function writeCompiled(file, compiled) {
  const temporary = `${file}.${process.pid}.new`
  const checksum = Buffer.alloc(checksumSizeBytes)
  checksum.writeUInt32LE(require('node:zlib').crc32(compiled))
  try {
    fs.writeFileSync(temporary, Buffer.concat([checksum, compiled]))
    fs.renameSync(temporary, file)
  } catch {
    // The next start takes a little longer.
    fs.rmSync(temporary, { force: true })
  }
}

/**
 * Sets what env-node sets for a server a little later (tune-garbage-collector.ts says why): V8 takes compiled code only under the flags that it was
 * compiled under.
 *
 * A ZooKeeper server keeps all its nodes in memory: with less room to grow it needs a third less, and no more processor time. The young generation
 * can be bounded at the start of a process only, by a flag, so it is told to grow no more when it is as large as it may be.
 */
function tuneCollector(isZooKeeper) {
  const { setFlagsFromString } = require('node:v8')
  setFlagsFromString('--no-parallel-scavenge')
  const [major, minor] = process.versions.v8.split('.').map(Number)
  if (major > 13 || (major === 13 && minor >= 6)) setFlagsFromString('--external-memory-accounted-in-global-limit')
  if (!isZooKeeper) return
  setFlagsFromString('--heap-growing-percent=25')
  setTimeout(boundYoungGeneration, youngGenerationLookMs).unref()
}

function boundYoungGeneration() {
  const { getHeapSpaceStatistics, setFlagsFromString } = require('node:v8')
  const { PerformanceObserver } = require('node:perf_hooks')
  const observer = new PerformanceObserver(() => {
    const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')
    if (young !== undefined && young.space_size < youngGenerationSizeBytes) return
    setFlagsFromString('--semi-space-growth-factor=1')
    observer.disconnect()
  })
  observer.observe({ entryTypes: ['gc'] })
}
