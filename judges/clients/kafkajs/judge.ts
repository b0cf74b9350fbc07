// kafkajs, from npm, installed outside of this repository's own dependencies.
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { judgeClient } from '../../lib/client-scenario.ts'
import { cacheFolder, root } from '../../lib/folders.ts'
import type { JudgeContext } from '../../lib/judge.ts'
import { mustRun } from '../../lib/run-command.ts'

const folder = path.join(root, 'judges', 'clients', 'kafkajs')

/** Returns the folder in whose `node_modules` kafkajs is. */
export async function install(): Promise<string> {
  const installed = cacheFolder('kafkajs')
  const stamp = path.join(installed, 'installed-from.json')
  const wanted = readFileSync(path.join(folder, 'package-lock.json'), 'utf8')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    for (const file of ['package.json', 'package-lock.json']) {
      copyFileSync(path.join(folder, file), path.join(installed, file))
    }
    await mustRun('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: installed, timeoutMs: 300_000 })
    writeFileSync(stamp, wanted)
  }
  return installed
}

export async function judge(context: JudgeContext): Promise<void> {
  const cwd = await install()
  await judgeClient(context, { command: process.execPath, args: [path.join(folder, 'client.mjs')], cwd })
}
