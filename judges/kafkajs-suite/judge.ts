// kafkajs's own tests, unmodified, against one broker. Those that `excluded.json` names do not count, with the reason; every other one has to
// pass. Only those whose file's path matches KAFKAJS_TESTS run if that is set.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { cacheFolder, root, temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { runCommand } from '../lib/run-command.ts'
import { startTarget } from '../lib/target.ts'
import { kafkaHome } from '../librdkafka/install.ts'
import { installedSuite } from './install.ts'
import { secureListeners } from './secure-listeners.ts'

const here = path.join(root, 'judges', 'kafkajs-suite')
const suiteTimeoutMs = 30 * 60_000
/** The addresses that the tests know: three brokers, without security, with TLS, and with SASL over TLS. */
const known = {
  advertised: 'localhost:9092',
  plain: [9092, 9095, 9098],
  tls: [9093, 9096, 9099],
  sasl: [9094, 9097, 9100],
}

/** Why tests do not count: by the path of their file, or by that, ` > ` and the test's full name. */
export type Excluded = Readonly<Record<string, readonly string[]>>

const excluded = JSON.parse(readFileSync(path.join(here, 'excluded.json'), 'utf8')) as Excluded

interface Outcome {
  /** The path of its file in the repository. */
  readonly file: string
  readonly name: string
  readonly status: 'passed' | 'failed' | 'pending'
  readonly said: string
}

/** What jest writes with --json, as far as it is read here. */
interface JestResults {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: Outcome['status']
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

export async function judge(context: JudgeContext): Promise<void> {
  await judgeSuite(context, await installedSuite(), excluded, {})
}

/** Runs the tests in the folder `suite`; `jestConfig` comes on top of kafkajs's own. */
export async function judgeSuite(
  { report, target: kind }: JudgeContext,
  suite: string,
  left: Excluded,
  jestConfig: Readonly<Record<string, unknown>>,
): Promise<void> {
  const folder = temporaryFolder('kafkajs-suite')
  const [port = 0, internalPort = 0, tlsPort = 0, saslPort = 0] = await freePorts(4)
  const internal = `127.0.0.1:${internalPort}`
  // Ours has neither.
  const secure = kind === 'apache' ? await secureListeners(folder, tlsPort, saslPort) : undefined
  const target = await startTarget(kind, {
    // Brokers themselves know nothing of ports.cjs.
    listeners: [`TESTS://127.0.0.1:${port}`, `INTERNAL://${internal}`, ...(secure?.listeners ?? [])].join(),
    'advertised.listeners': [
      `TESTS://${known.advertised}`,
      `INTERNAL://${internal}`,
      ...(secure?.advertised ?? []),
    ].join(),
    'listener.security.protocol.map': ['TESTS:PLAINTEXT', 'INTERNAL:PLAINTEXT', ...(secure?.protocols ?? [])].join(),
    'inter.broker.listener.name': 'INTERNAL',
    'broker.id': '0',
    'num.partitions': '2',
    ...secure?.properties,
  })
  try {
    await secure?.prepare(internal)
    const ports = Object.fromEntries([
      ...known.plain.map((each) => [each, port]),
      ...known.tls.map((each) => [each, tlsPort]),
      ...known.sasl.map((each) => [each, saslPort]),
    ])
    const outcomes = await run(suite, folder, ports, internal, jestConfig)
    const counting = outcomes.filter((outcome) => outcome.status !== 'pending' && reasonOf(outcome, left) === undefined)
    for (const { file, name, status, said } of counting) {
      if (status === 'failed') await report.check(`${file} > ${name}`, () => assert.fail(said))
    }
    const passed = counting.filter(({ status }) => status === 'passed').length
    const rest = outcomes.length - counting.length
    await report.check(`kafkajs's tests: ${passed} passed, ${rest} skip themselves or are left out`, () => {
      assert.ok(passed > 0, 'no test ran')
    })
  } finally {
    await target.stop()
    target.remove()
  }
  if (report.failed === 0) rmSync(folder, { recursive: true, force: true })
  else report.note(`what the tests said is in ${folder}`)
}

function reasonOf({ file, name }: Outcome, left: Excluded): string | undefined {
  return Object.keys(left).find((reason) => left[reason]?.some((each) => each === file || each === `${file} > ${name}`))
}

async function run(
  suite: string,
  folder: string,
  ports: Readonly<Record<string, number>>,
  internal: string,
  jestConfig: Readonly<Record<string, unknown>>,
): Promise<Outcome[]> {
  const results = path.join(folder, 'results.json')
  const config = path.join(folder, 'jest.config.json')
  const theirs = createRequire(import.meta.url)(path.join(suite, 'jest.config.js')) as Record<string, unknown>
  writeFileSync(
    config,
    JSON.stringify({
      ...theirs,
      rootDir: suite,
      setupFiles: [path.join(here, 'ports.cjs')],
      reporters: ['default'],
      cacheDirectory: path.join(folder, 'jest'),
      ...jestConfig,
    }),
  )
  const only = process.env['KAFKAJS_TESTS']
  const args = ['--config', config, '--ci', '--no-watchman', '--forceExit', '--maxWorkers=4', '--json']
  const said = await runCommand(
    process.execPath,
    [
      path.join(cacheFolder('kafkajs-suite'), 'node_modules', 'jest', 'bin', 'jest.js'),
      ...args,
      `--outputFile=${results}`,
      ...(only === undefined ? [] : ['--testPathPattern', only]),
    ],
    {
      cwd: suite,
      timeoutMs: suiteTimeoutMs,
      env: {
        NODE_ENV: 'test',
        // As its own CI may: many of these tests wait for fixed times.
        TEST_RETRIES: '2',
        NODE_OPTIONS: '',
        KAFKA_VERSION: '2.4',
        KAFKAJS_DEBUG_PROTOCOL_BUFFERS: '1',
        KAFKAJS_NO_PARTITIONER_WARNING: '1',
        KAFKAJS_SUITE_PORTS: JSON.stringify(ports),
        PATH: `${await dockerFolder(folder, internal)}${path.delimiter}${process.env['PATH']}`,
      },
    },
  )
  writeFileSync(path.join(folder, 'output.log'), `${said.stdout}\n${said.stderr}`)
  if (!existsSync(results)) throw new Error(`jest ended with ${said.status}:\n${said.stderr.slice(-3000)}`)
  const { testResults } = JSON.parse(readFileSync(results, 'utf8')) as JestResults
  return testResults.flatMap(({ name: file, message, assertionResults }): Outcome[] => {
    const relative = path.relative(realpathSync(suite), file)
    if (assertionResults.length === 0) return [{ file: relative, name: 'the file', status: 'failed', said: message }]
    return assertionResults.map(({ fullName, status, failureMessages }) => {
      return { file: relative, name: fullName, status, said: failureMessages.join('\n').slice(0, 1500) }
    })
  })
}

/** The tests know their brokers as containers, and one has `kafka-topics` run inside: a folder with a `docker` that runs it here. */
async function dockerFolder(folder: string, bootstrap: string): Promise<string> {
  const home = await kafkaHome(path.join(folder, 'kafka'))
  const bin = path.join(folder, 'bin')
  mkdirSync(bin)
  const lines = [
    '#!/bin/sh',
    'if [ "$1" = ps ]; then echo broker; exit; fi',
    // exec broker bash -c "kafka-topics --zookeeper ADDRESS ..."
    'set -- $5',
    'shift 3',
    `exec ${path.join(home, 'bin', 'kafka-topics.sh')} --bootstrap-server ${bootstrap} "$@"`,
  ]
  writeFileSync(path.join(bin, 'docker'), `${lines.join('\n')}\n`, { mode: 0o755 })
  return bin
}
