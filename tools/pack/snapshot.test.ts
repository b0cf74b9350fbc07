import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'

const command = 'packages/cli/src/commands/zookeeper.ts'

/** A copy of all that the command is made from, on the modules that are installed here. */
function copyProject(root: string): void {
  for (const name of ['bin', 'scripts', 'packages', 'package.json', 'package-lock.json', 'tsconfig.json'])
    cpSync(name, path.join(root, name), { recursive: true, filter: (file) => !file.includes('/test/') })
  mkdirSync(path.join(root, 'node_modules'))
  for (const name of readdirSync('node_modules')) {
    const source = path.resolve('node_modules', name)
    const target = path.join(root, 'node_modules', name)
    if (name === '@odradek') cpSync(source, target, { recursive: true, verbatimSymlinks: true })
    else if (name.startsWith('.')) cpSync(source, target, { recursive: true })
    else symlinkSync(source, target)
  }
}

/** What the command says when it ends by itself, from its snapshot or, with options of Node that it might not suit, without. */
function outcome(root: string, args: readonly string[], environment: Readonly<Record<string, string>>): unknown {
  const env = { PATH: process.env['PATH'], ...environment }
  const { status, stdout, stderr } = spawnSync(path.join(root, 'bin/odradek'), ['zookeeper', ...args], {
    encoding: 'utf8',
    env,
  })
  return { status, stdout, stderr }
}

/** Starts a server, which says where it serves, and stops it: what it was started with, and what it wrote. */
async function startAndStop(root: string, config: string): Promise<{ commandLine: string; out: string; log: string }> {
  const server = spawn(path.join(root, 'bin/odradek'), ['zookeeper', '--config', config])
  let out = ''
  let log = ''
  let commandLine = ''
  server.stderr.on('data', (chunk) => (log += chunk))
  server.stdout.on('data', (chunk) => {
    out += chunk
    if (!out.endsWith('\n')) return
    commandLine = readFileSync(`/proc/${server.pid}/cmdline`, 'latin1')
    server.kill('SIGTERM')
  })
  const code = await new Promise((resolve) => server.on('close', resolve))
  assert.equal(code, 0, log)
  return { commandLine, out, log }
}

const canBeMade =
  process.platform === 'linux' &&
  globSync(`node_modules/@esbuild/linux-${process.arch}/bin/esbuild`).length > 0 &&
  globSync(`node_modules/node-linux-${process.arch}/bin/node`).length > 0

test(
  'a server starts from its snapshot, as another process each time, and never from one of older sources',
  { skip: !canBeMade },
  async (context) => {
    const root = mkdtempSync(path.join(tmpdir(), 'odradek-snapshot-'))
    // The next snapshot may be on its way still.
    context.after(() => rmSync(root, { recursive: true, maxRetries: 50 }))
    copyProject(root)
    const config = path.join(root, 'zoo.cfg')
    writeFileSync(config, `dataDir=${root}/data\nclientPortAddress=127.0.0.1\nclientPort=0\nadmin.enableServer=false\n`)
    const snapshots = path.join(root, '.cache/pack/zookeeper-*.snapshot')
    // Sources that have only just been written are not packed: who knows what was read?
    for (let attempt = 0; attempt < 20 && globSync(snapshots).length === 0; attempt++)
      spawnSync(path.resolve(`node_modules/node-linux-${process.arch}/bin/node`), [
        path.join(root, 'scripts/make-snapshot.mjs'),
      ])
    for (const round of [1, 2]) {
      const { commandLine, out, log } = await startAndStop(root, config)
      assert.match(commandLine, /--snapshot-blob/, `start ${round}`)
      assert.match(out, /^ZooKeeper serves 127\.0\.0\.1:\d+\n$/)
      assert.match(log, /ZooKeeper server is ready.*\n.*ZooKeeper server stopped\n$/)
    }
    for (const args of [['--config', '/nowhere/zoo.cfg'], ['--unknown'], ['--help']])
      assert.deepEqual(outcome(root, args, {}), outcome(root, args, { NODE_OPTIONS: '--no-deprecation' }))
    const source = path.join(root, command)
    writeFileSync(source, readFileSync(source, 'utf8').replace('ZooKeeper serves', 'A changed server serves'))
    const { commandLine, out } = await startAndStop(root, config)
    assert.match(commandLine, /run\.mjs/)
    assert.match(out, /^A changed server serves /)
  },
)
