import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cacheFolder, root } from './folders.ts'
import { mustRun } from './run-command.ts'

/** Installs what the package-lock.json in `judges/NAME` says, unless that is there already; resolves with the folder that it is in. No script of a package is run. */
export async function installedPackages(name: string): Promise<string> {
  const installed = cacheFolder(name)
  const stamp = path.join(installed, 'installed-from.json')
  const wanted = readFileSync(path.join(root, 'judges', name, 'package-lock.json'), 'utf8')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    for (const file of ['package.json', 'package-lock.json']) {
      copyFileSync(path.join(root, 'judges', name, file), path.join(installed, file))
    }
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    await mustRun('npm', ['ci', ...options], { cwd: installed, timeoutMs: 300_000 })
    writeFileSync(stamp, wanted)
  }
  return installed
}
