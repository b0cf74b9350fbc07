import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { OdradekUnderTest } from './odradek.ts'

describe('odradek completion', () => {
  let odradek: OdradekUnderTest
  before(async () => {
    odradek = await OdradekUnderTest.start()
  })
  after(() => odradek.stop())
  const complete = async (...words: string[]): Promise<string[]> =>
    (await odradek.output(['complete', '--', ...words])).split('\n').flatMap((line) => line.split('\t')[0] || [])

  test('commands, options, and what the cluster knows', async () => {
    await odradek.output(['topic', 'create', 'orders', 'others', 'customers'])
    await odradek.output(['group', 'reset', 'billing', '-t', 'orders', '--to', 'end', '--yes'])
    assert.deepEqual(await complete('to'), ['topic'])
    assert.ok((await complete('')).includes('apply'))
    assert.ok(!(await complete('')).includes('complete'), 'that is for the scripts')
    assert.deepEqual(await complete('kafka-top'), ['kafka-topics'])
    assert.deepEqual(await complete('topic', 'de'), ['delete', 'describe'])
    assert.deepEqual(await complete('topic', 'create', '--pa'), ['--partitions'])
    assert.deepEqual(await complete('topic', 'describe', 'o'), ['orders', 'others'])
    assert.deepEqual(await complete('topic', 'describe', 'orders', 'c'), ['customers'])
    assert.deepEqual(await complete('topic', 'describe', 'orders', 'o'), ['others'], 'not the same again')
    assert.deepEqual(await complete('consume', '-t', 'cu'), ['customers'])
    assert.deepEqual(await complete('consume', 'orders', '-o', 'be'), ['beginning'])
    assert.deepEqual(await complete('produce', '-X', 'acks='), ['acks=-1', 'acks=0', 'acks=1', 'acks=all'])
    assert.deepEqual(await complete('produce', '-X', 'linger'), ['linger.ms='])
    assert.deepEqual(await complete('apply', '-f', ''), [':files'])
    assert.deepEqual(await complete('log', 'dump', ''), [':files'])
    const bootstrap = ['--bootstrap-server', odradek.bootstrapServers]
    assert.deepEqual(await complete('kafka-topics', '--boot'), ['--bootstrap-server'])
    assert.deepEqual(await complete('kafka-topics', ...bootstrap, '--describe', '--topic', 'cu'), ['customers'])
    assert.deepEqual(await complete('kafka-topics.sh', ...bootstrap, '--command-config', ''), [':files'])
    assert.deepEqual(await complete('consume', '-G', ''), ['billing'])
    assert.deepEqual(await complete('produce', '--topic', 'cu'), ['customers'])
    assert.deepEqual(await complete('group', 'lag', ''), ['billing'])
    assert.deepEqual(await complete('cluster', 'id', '-o', 'j'), ['json', 'jsonl'])
    assert.deepEqual(await complete('quota', 'set', 'prod'), ['producer_byte_rate='])
    assert.deepEqual(await complete('topic', 'list', 'x'), [])
    assert.match(await odradek.output(['complete', '--', 'topic', 'del']), /^delete\tdelete topics/)
    assert.deepEqual(await complete('topic', 'describe', '-b', '127.0.0.1:1', 'o'), [], 'nobody there')
  })

  test('a script for each shell', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      assert.match(await odradek.output(['completion', shell]), /odradek complete -- /)
    }
    assert.match((await odradek.run(['completion', 'tcsh'])).errors, /for bash, zsh, fish/)
  })
})
