// librdkafka's own tests, built from the sources in the npm package of its JavaScript binding; and the folder of Kafka's commands that a
// few of them call.
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { classpath } from '../lib/maven.ts'
import { mustRun } from '../lib/run-command.ts'
import { installOnce } from '../lib/install-once.ts'

const source = {
  package: '@confluentinc/kafka-javascript@1.10.1',
  integrity: 'sha512-KVePUBn21EqCVP9mfxzEuM3SYJHHEF7X+iiC2e43QQgDSyEaksInmCGooT3w5q+cNAdkSCrK71j0ICfqoSqZLw==',
}

const sources = ['package', 'deps', 'librdkafka']

/** Builds what is not built; returns the folder of the tests, which holds `test-runner`. */
export async function installedTests(): Promise<string> {
  const cache = await installOnce('librdkafka', source.integrity, build)
  return path.join(cache, ...sources, 'tests')
}

async function build(cache: string): Promise<void> {
  process.stderr.write(
    'judges: getting librdkafka from npm and building it (about three minutes; needs gcc, g++ and make) …\n',
  )
  const [packed] = JSON.parse(await mustRun('npm', ['pack', '--json', source.package], { cwd: cache })) as {
    filename: string
    integrity: string
  }[]
  if (packed?.integrity !== source.integrity)
    throw new Error(`${source.package} is not what it was: ${packed?.integrity}`)
  rmSync(path.join(cache, 'package'), { recursive: true, force: true })
  await mustRun('tar', ['xzf', path.basename(packed.filename), path.join(...sources)], { cwd: cache })
  const limits = { cwd: path.join(cache, ...sources), timeoutMs: 1_200_000 }
  await mustRun('./configure', ['--disable-curl', '--disable-sasl', '--disable-ssl'], limits)
  await mustRun('make', ['-j2', 'libs'], limits)
  await mustRun('make', ['-C', 'tests', 'build'], limits)
}

/** A folder with `bin/` and `libs/` as in a release of Apache Kafka 3.9.1, made in `folder`. */
export async function kafkaHome(folder: string): Promise<string> {
  const libraries = path.dirname(await classpath('kafka-3.9.1'))
  const [bin, libs] = [path.join(folder, 'bin'), path.join(folder, 'libs')]
  mkdirSync(bin, { recursive: true })
  mkdirSync(libs, { recursive: true })
  for (const jar of readdirSync(libraries).filter((name) => name.endsWith('.jar'))) {
    symlinkSync(path.join(libraries, jar), path.join(libs, jar))
  }
  const script = (name: string, start: string): void => {
    const lines = ['#!/bin/sh', `exec java -Xmx256m -cp "\${CLASSPATH:+$CLASSPATH:}${libs}/*" ${start} "$@"`]
    writeFileSync(path.join(bin, name), `${lines.join('\n')}\n`, { mode: 0o755 })
  }
  script('kafka-run-class.sh', '')
  script('kafka-topics.sh', 'org.apache.kafka.tools.TopicCommand')
  script('kafka-configs.sh', 'kafka.admin.ConfigCommand')
  return folder
}
