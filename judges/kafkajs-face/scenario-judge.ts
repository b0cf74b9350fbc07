// The scenario of clients, by the program that judges/clients/kafkajs has for kafkajs, with `@odradek/kafkajs` where it asks for `kafkajs`.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { install } from '../clients/kafkajs/judge.ts'
import { startTarget } from '../lib/target.ts'
import { judgeMixedGroup } from './mixed-group.ts'
import { judgeClient } from '../lib/client-scenario.ts'
import { root, temporaryFolder } from '../lib/folders.ts'
import type { JudgeContext } from '../lib/judge.ts'

const program = path.join(root, 'judges', 'clients', 'kafkajs', 'client.mjs')
const ours = path.join(root, 'packages', 'kafkajs', 'src', 'index.ts')

export async function judge(context: JudgeContext): Promise<void> {
  const installed = await install()
  const theirs = path.join(installed, 'node_modules')
  const cwd = temporaryFolder('kafkajs-face-scenario')
  const face = path.join(cwd, 'node_modules', 'kafkajs')
  mkdirSync(face, { recursive: true })
  writeFileSync(path.join(cwd, 'package.json'), '{}')
  writeFileSync(path.join(face, 'index.js'), `module.exports = require(${JSON.stringify(ours)})\n`)
  writeFileSync(path.join(face, 'package.json'), '{"name":"kafkajs","version":"2.2.4"}')
  for (const name of ['lz4js', 'snappyjs']) {
    symlinkSync(path.join(theirs, name), path.join(cwd, 'node_modules', name))
  }
  await judgeClient(context, { command: process.execPath, args: ['--conditions=source', program], cwd })
  const target = await startTarget(context.target, { 'group.initial.rebalance.delay.ms': '0' })
  try {
    await judgeMixedGroup(context.report, target.bootstrap, installed)
  } finally {
    await target.stop()
    target.remove()
  }
  rmSync(cwd, { recursive: true, force: true })
}
