// The program of the snapshot: starts and stops a server once while the snapshot is made, so that all that a start takes is in it and compiled, and has
// each process that begins from it go on as the `odradek` command. What is drawn or asked for here is the same in all of them (the random UUIDs that
// node:crypto keeps in store, for one), so nothing of that start is used again: `run` makes its Env anew.
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { startupSnapshot } from 'node:v8'
import { main, processTerminal } from '@odradek/cli'
import { createNodeEnv } from '@odradek/env-node'
import { areUnchanged, packedEntry } from './pack.mjs'
import { tuneHeap } from './tune-heap.mjs'

const { files } = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))

/** What waits for the end of the program, and is not to take the end of this process for it. */
let atExit = []

function run() {
  for (const listener of atExit) process.on('exit', listener)
  const root = path.resolve(path.dirname(process.argv[1]), '../../..')
  const args = process.argv.slice(2)
  if (!areUnchanged(root, files)) {
    const bootstrap = path.join(root, 'scripts', 'run.mjs')
    return process.execve(process.execPath, [process.execPath, bootstrap, packedEntry, ...args], process.env)
  }
  tuneHeap()
  return runCommand(args, processTerminal(), path.join(root, 'config')).then((code) => void (process.exitCode = code))
}

function runCommand(args, terminal, profilesDirectory, destination = 2) {
  const createEnv = async (level) => createNodeEnv({ log: { level, destination } })
  return main(args, { createEnv, profilesDirectory, environment: process.env, terminal })
}

/** Opens a session, the first thing that is asked of a server. */
function connect(port) {
  return new Promise((resolve, reject) => {
    const request = Buffer.alloc(48)
    request.writeInt32BE(request.length - 4)
    request.writeInt32BE(30_000, 16)
    request.writeInt32BE(16, 28)
    const socket = net.connect(port, '127.0.0.1', () => socket.write(request))
    socket.once('data', () => socket.destroy())
    socket.once('error', reject)
    socket.once('close', resolve)
  })
}

async function startOnce() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'odradek-snapshot-'))
  try {
    areUnchanged(folder, files)
    tuneHeap()
    const config = path.join(folder, 'zoo.cfg')
    const lines = [`dataDir=${path.join(folder, 'data')}`, 'clientPortAddress=127.0.0.1', 'clientPort=0']
    fs.writeFileSync(config, [...lines, 'admin.enableServer=false', ''].join('\n'))
    const { promise: served, resolve } = Promise.withResolvers()
    const terminal = { ...processTerminal(), write: async (text) => resolve(text), writeError: resolve }
    const log = fs.openSync(path.join(folder, 'log'), 'w')
    const ended = runCommand(['zookeeper', '--config', config], terminal, folder, log)
    const [, port] = /:(\d+)\n$/.exec(await served)
    await connect(Number(port))
    process.emit('SIGTERM')
    await ended
    await new Promise(setImmediate)
    fs.closeSync(log)
    process.removeAllListeners('SIGINT')
    process.removeAllListeners('SIGTERM')
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
  atExit = process.listeners('exit')
  process.removeAllListeners('exit')
}

startupSnapshot.setDeserializeMainFunction(run)
void startOnce()
