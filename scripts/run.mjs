// The bootstrap: plain JavaScript that any Node from 20 on can run. It installs what is missing, then hands over to the
// project's own Node (an optional dependency, so it is in the lock file) with the flags that running TypeScript from
// source needs. Usage: node scripts/run.mjs ENTRY [ARGUMENT ...]
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

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
function installIfNeeded() {
  const lock = readFileSync(path.join(root, 'package-lock.json'))
  const fingerprint = createHash('sha256').update(lock).digest('hex')
  const stamp = path.join(root, 'node_modules', '.odradek-lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return
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
  writeFileSync(stamp, fingerprint)
}

/** The Node that the project pins for this system, else the one that runs this file if it is new enough. */
function findNode() {
  const require = createRequire(path.join(root, 'package.json'))
  const system = process.platform === 'win32' ? 'win' : process.platform
  try {
    const folder = path.dirname(require.resolve(`node-${system}-${process.arch}/package.json`))
    const binary = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    if (existsSync(binary)) return binary
  } catch {
    // No pinned Node for this system: the one at hand must do.
  }
  if (supports(process.version)) return process.execPath
  return fail(
    `Node ${oldestNode.join('.')} or newer is needed on ${process.platform}-${process.arch}; this is ${process.version}.`,
  )
}

const [entry, ...argumentsOfEntry] = process.argv.slice(2)
if (entry === undefined) fail('usage: node scripts/run.mjs ENTRY [ARGUMENT ...]')
installIfNeeded()
const node = findNode()
/** A ZooKeeper server keeps all its nodes on the heap: with less room to grow it needs a third less memory, and no more processor time. */
const heapFlags = argumentsOfEntry[0] === 'zookeeper' ? ['--max-semi-space-size=8', '--heap-growing-percent=50'] : []
const flags = [
  '--conditions=source',
  '--disable-warning=ExperimentalWarning',
  ...heapFlags,
  path.join(root, entry),
  ...argumentsOfEntry,
]
const environment = {
  ...process.env,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? path.join(root, '.cache', 'node'),
}

if (typeof process.execve === 'function' && process.platform !== 'win32') {
  // Becomes the program: no second process, and signals arrive where they are meant.
  process.execve(node, [node, ...flags], environment)
}
const child = spawn(node, flags, { stdio: 'inherit', env: environment })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
