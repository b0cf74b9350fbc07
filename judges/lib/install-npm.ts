import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cacheFolder } from './folders.ts'
import { mustRun } from './run-command.ts'

const installTimeoutMs = 300_000

/**
 * Installs what `package-lock.json` in `folder` names into the judges' cache, under `name`, when that is not there yet. Nothing of it is run meanwhile.
 * Returns the folder in whose `node_modules` it is.
 */
export async function installNpm(folder: string, name: string): Promise<string> {
  const installed = cacheFolder(name)
  const stamp = path.join(installed, 'installed-from.json')
  const wanted = readFileSync(path.join(folder, 'package-lock.json'), 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return installed
  for (const file of ['package.json', 'package-lock.json']) {
    copyFileSync(path.join(folder, file), path.join(installed, file))
  }
  const quietly = ['--no-audit', '--no-fund', '--loglevel=error']
  await mustRun('npm', ['ci', '--ignore-scripts', '--legacy-peer-deps', ...quietly], {
    cwd: installed,
    timeoutMs: installTimeoutMs,
  })
  writeFileSync(stamp, wanted)
  return installed
}
