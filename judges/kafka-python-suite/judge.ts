// kafka-python's own integration tests, unmodified, from the sources in Python's package index, against one broker.
import { copyFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../lib/folders.ts'
import { installOnce } from '../lib/install-once.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { judgePythonSuite } from '../lib/pytest.ts'
import { pythonEnvironment } from '../lib/python-environment.ts'
import { mustRun } from '../lib/run-command.ts'
import { startTarget } from '../lib/target.ts'

const here = path.join(root, 'judges', 'kafka-python-suite')
const version = '3.0.12'

/** Tests that are not run, and why. */
const excluded: Readonly<Record<string, readonly string[]>> = {
  'needs an authorizer': ['test_create_describe_delete_acls'],
  'starts a broker of its own': ['TestSSLConnection'],
  'ours has versions of APIs that Apache Kafka 3.9.1 has not, on purpose': ['test_kafka_version_infer'],
  'fails on Apache Kafka 3.9.1 too: its group is not stable within the 15 s that it waits': ['test_group'],
  transactions: ['test_transactional_producer_messages', 'test_transactional_producer_offsets'],
}
const skip = Object.values(excluded).flat()

/** The unpacked sources, with the tests; what is judged runs from them. */
async function installedSources(): Promise<string> {
  const folder = await installOnce('kafka-python-suite', version, async (cache) => {
    const download = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', ':all:', '--dest', cache]
    await mustRun('python3', [...download, `kafka-python==${version}`], { timeoutMs: 300_000 })
    await mustRun('tar', ['xzf', `kafka_python-${version}.tar.gz`], { cwd: cache })
    // Python's own package `test` would come first, and one file is not in the sources.
    const tests = path.join(cache, `kafka_python-${version}`, 'test')
    writeFileSync(path.join(tests, '__init__.py'), '')
    copyFileSync(path.join(here, 'service.py'), path.join(tests, 'service.py'))
  })
  return path.join(folder, `kafka_python-${version}`)
}

/** Only those whose names hold KAFKA_PYTHON_TESTS run if that is set, and then the counts are not compared. */
export async function judge({ report, target: kind }: JudgeContext): Promise<void> {
  const python = await pythonEnvironment('kafka-python-tests', path.join(here, 'requirements.txt'))
  const folder = await installedSources()
  const only = process.env['KAFKA_PYTHON_TESTS']
  const target = await startTarget(kind, {
    'broker.id': '0',
    'num.partitions': '4',
    'group.initial.rebalance.delay.ms': '0',
  })
  try {
    await judgePythonSuite(report, {
      python,
      folder,
      args: [
        'test/integration',
        '-W',
        'ignore',
        '-o',
        'log_level=WARNING',
        '-k',
        only ?? skip.map((name) => `not ${name}`).join(' and '),
      ],
      env: { KAFKA_VERSION: '3.9.1', KAFKA_ROOT: folder, KAFKA_URI: `kafka://${target.bootstrap}` },
      timeoutMs: 15 * 60_000,
      expected: only === undefined ? { passed: 46, skipped: 14 } : undefined,
    })
  } finally {
    await target.stop()
    target.remove()
  }
}
