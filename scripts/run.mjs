// The bootstrap: plain JavaScript that any Node from 20 on can run. It installs what is missing, and hands over to the project's own Node (an
// optional dependency, so it is in the lock file). There it goes on with the `odradek` command in the same process, from its pack; whatever else is
// run, is run from its sources, with the flags that TypeScript needs. Modules of Node that a usual start can do without are loaded where they are used.
// Usage: node scripts/run.mjs ENTRY [ARGUMENT ...]
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import module from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { findPack, markOf, packedEntry, packName } from './pack.cjs'
import { runPack } from './run-pack.cjs'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const oldestNode = [22, 18]

function fail(message) {
  process.stderr.write(`odradek: ${message}\n`)
  process.exit(1)
}

function supports(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number)
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
}

/** Runs `npm ci` when node_modules is missing or was made from another lock file. */
async function installIfNeeded() {
  const lockFile = path.join(root, 'package-lock.json')
  const stamp = path.join(root, 'node_modules', '.odradek-lock')
  const mark = JSON.stringify(markOf(lockFile))
  const [stampedFingerprint, stampedMark] = existsSync(stamp) ? readFileSync(stamp, 'utf8').split('\n') : []
  if (stampedMark === mark) return
  const { createHash } = await import('node:crypto')
  const fingerprint = createHash('sha256').update(readFileSync(lockFile)).digest('hex')
  if (stampedFingerprint === fingerprint) return writeFileSync(stamp, `${fingerprint}\n${mark}`)
  const { spawnSync } = await import('node:child_process')
  process.stderr.write('odradek: first run, installing dependencies (about 20 seconds) …\n')
  const npm = process.env.npm_execpath
  const [command, ...prefix] = npm === undefined ? ['npm'] : [process.execPath, npm]
  const result = spawnSync(command, [...prefix, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (result.error !== undefined)
    fail(`npm is needed to install dependencies and could not be started: ${result.error.message}`)
  if (result.status !== 0) fail('npm ci failed; see above. Is the package registry reachable?')
  mkdirSync(path.dirname(stamp), { recursive: true })
  writeFileSync(stamp, `${fingerprint}\n${mark}`)
}

/** The Node that the project pins for this system, else the one that runs this file if it is new enough. */
function findNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const name = `node-${system}-${process.arch}`
  const file = path.join('bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const usual = path.join(root, 'node_modules', name, file)
  if (existsSync(usual)) return usual
  try {
    const require = module.createRequire(path.join(root, 'package.json'))
    const binary = path.join(path.dirname(require.resolve(`${name}/package.json`)), file)
    if (existsSync(binary)) return binary
  } catch {
    // No pinned Node for this system: the one at hand must do.
  }
  if (supports(process.version)) return process.execPath
  return fail(
    `Node ${oldestNode.join('.')} or newer is needed on ${process.platform}-${process.arch}; this is ${process.version}.`,
  )
}

/** Becomes another program, or where that cannot be done, runs it and ends as it ends. */
async function become(program, programArguments) {
  const environment = { ...process.env, NODE_COMPILE_CACHE: compileCache }
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    // No second process, and signals arrive where they are meant.
    process.execve(program, [program, ...programArguments], environment)
  }
  const { spawn } = await import('node:child_process')
  const child = spawn(program, programArguments, { stdio: 'inherit', env: environment })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}

/** The pack of the sources as they are now, made if need be; undefined where packs cannot be made. */
async function currentPack(programArguments) {
  const found = findPack(root, programArguments)
  if (found !== undefined) return found
  const { makePack } = await import('./make-pack.mjs')
  // A process that is killed does not leave what it has compiled to the next.
  setTimeout(() => module.flushCompileCache(), compileCacheFlushMs).unref()
  return makePack(root, packName(programArguments))
}

const compileCache = process.env.NODE_COMPILE_CACHE ?? path.join(root, '.cache', 'node')
const compileCacheFlushMs = 2000

const [entry, ...entryArguments] = process.argv.slice(2)
if (entry === undefined) fail('usage: node scripts/run.mjs ENTRY [ARGUMENT ...]')
await installIfNeeded()
const node = findNode()
const isOwnNode = node === process.execPath || realpathSync(node) === realpathSync(process.execPath)
const mayBePacked = entry === packedEntry
const entryFile = path.join(root, entry)
if (mayBePacked && !isOwnNode) await become(node, process.argv.slice(1))
else {
  if (mayBePacked) module.enableCompileCache(compileCache)
  const pack = mayBePacked ? await currentPack(entryArguments) : undefined
  if (pack === undefined) {
    await become(node, ['--conditions=source', '--disable-warning=ExperimentalWarning', entryFile, ...entryArguments])
  } else await runPack(root, pack, entryArguments)
}
