import { copyFileSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { installOnce } from './install-once.ts'
import { mustRun } from './run-command.ts'

const installTimeoutMs = 300_000

/**
 * Installs what `package-lock.json` in `folder` names into the judges' cache, under `name`, when that is not there yet; `build` then makes what has to be
 * made of it. No script of a package is run. Returns the folder in whose `node_modules` it is.
 */
export function installNpm(
  folder: string,
  name: string,
  build?: (installed: string) => Promise<void>,
): Promise<string> {
  const wanted = readFileSync(path.join(folder, 'package-lock.json'), 'utf8')
  return installOnce(name, wanted, async (installed) => {
    for (const file of ['package.json', 'package-lock.json']) {
      copyFileSync(path.join(folder, file), path.join(installed, file))
    }
    const quietly = ['--no-audit', '--no-fund', '--loglevel=error']
    await mustRun('npm', ['ci', '--ignore-scripts', '--legacy-peer-deps', ...quietly], {
      cwd: installed,
      timeoutMs: installTimeoutMs,
    })
    await build?.(installed)
  })
}
