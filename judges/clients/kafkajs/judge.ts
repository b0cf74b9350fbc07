// kafkajs, from npm, installed outside of this repository's own dependencies.
import path from 'node:path'
import { judgeClient } from '../../lib/client-scenario.ts'
import { root } from '../../lib/folders.ts'
import { installNpm } from '../../lib/install-npm.ts'
import type { JudgeContext } from '../../lib/judge.ts'

const folder = path.join(root, 'judges', 'clients', 'kafkajs')

/** Returns the folder in whose `node_modules` kafkajs is. */
export function install(): Promise<string> {
  return installNpm(folder, 'kafkajs')
}

export async function judge(context: JudgeContext): Promise<void> {
  const cwd = await install()
  await judgeClient(context, { command: process.execPath, args: [path.join(folder, 'client.mjs')], cwd })
}
