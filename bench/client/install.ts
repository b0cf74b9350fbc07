// The libraries that ours is measured beside, into .cache: never a dependency of this repository.
import path from 'node:path'
import { root } from '../../judges/lib/folders.ts'
import { mustRun } from '../../judges/lib/run-command.ts'
import { installedTests } from '../../judges/librdkafka/install.ts'
import { installNpm } from '../../judges/lib/install-npm.ts'

/** Installs them as package-lock.json says; returns the folder. */
export function installLibraries(): Promise<string> {
  return installNpm(path.join(root, 'bench', 'client'), 'bench-client', (installed) =>
    buildConfluent(path.join(installed, 'node_modules', '@confluentinc', 'kafka-javascript')),
  )
}

/** Its binding, for which the package brings sources alone, on the same librdkafka that the judge of that name has. */
async function buildConfluent(folder: string): Promise<void> {
  const librdkafka = path.dirname(await installedTests())
  const [c, cpp] = [path.join(librdkafka, 'src'), path.join(librdkafka, 'src-cpp')]
  const npm = (await mustRun('npm', ['root', '-g'])).trim()
  const gyp = path.join(npm, 'npm', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js')
  const node = path.dirname(path.dirname(process.execPath))
  process.stderr.write('bench: building the binding of @confluentinc/kafka-javascript (about a minute) …\n')
  await mustRun(process.execPath, [gyp, 'rebuild', `--nodedir=${node}`], {
    cwd: folder,
    timeoutMs: 900_000,
    env: {
      // npm's own setting would come before the option.
      npm_config_nodedir: node,
      BUILD_LIBRDKAFKA: '0',
      CXXFLAGS: `-I${c} -I${cpp}`,
      LIBRARY_PATH: `${c}:${cpp}`,
      LDFLAGS: `-Wl,-rpath,${c} -Wl,-rpath,${cpp}`,
      JOBS: '2',
    },
  })
}
