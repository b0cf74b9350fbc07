import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { OdradekUnderTest } from './odradek.ts'

describe('odradek apply', () => {
  let odradek: OdradekUnderTest
  const folder = mkdtempSync(path.join(tmpdir(), 'odradek-apply-'))
  const file = path.join(folder, 'cluster.yaml')
  const says = (text: string): void => writeFileSync(file, text)
  before(async () => {
    odradek = await OdradekUnderTest.start()
  })
  after(async () => {
    await odradek.stop()
    rmSync(folder, { recursive: true })
  })

  test('a diff first; then it is made; then there is nothing to do', async () => {
    await odradek.output(['topic', 'create', 'old', 'kept', '-p', '2', '-c', 'retention.ms=1000'])
    says(`
topics:
  orders:
    partitions: 3
    configs: { retention.ms: 60000, cleanup.policy: compact }
  kept: { partitions: 4, configs: { retention.ms: null, segment.bytes: 1048576 } }
  old: { absent: true }
  gone: { absent: true }
configs:
  brokers: { log.retention.ms: 7200000 }
quotas:
  - { user: ada, default: client-id, producer_byte_rate: 1Mi }
`)
    const dry = await odradek.run(['apply', '-f', file, '--dry-run'])
    const diff = [
      '+ topic orders',
      '    + partitions = 3',
      '    + retention.ms = 60000',
      '    + cleanup.policy = compact',
      '~ topic kept',
      '    ~ partitions: 2 -> 4',
      '    - retention.ms = 1000',
      '    ~ segment.bytes: 1073741824 -> 1048576',
      '~ config all brokers',
      '    + log.retention.ms = 7200000',
      '+ quota user ada, client-id (default)',
      '    + producer_byte_rate = 1048576',
      '- topic old',
      '',
    ].join('\n')
    assert.deepEqual(dry, { code: 0, output: diff, errors: 'Nothing was changed; without --dry-run it will be.\n' })
    assert.match((await odradek.run(['apply', '-f', file])).errors, /with --yes/)
    assert.match((await odradek.run(['apply', '-f', file], '', ['no'])).errors, /nothing was changed/)
    const done = await odradek.run(['apply', '-f', file], '', ['yes'])
    assert.deepEqual([done.code, done.output], [0, diff])
    assert.match(done.errors, /5 of 5 changes made/)
    assert.deepEqual(await odradek.run(['apply', '-f', file]), {
      code: 0,
      output: '',
      errors: 'All is as the file says.\n',
    })
    const topics = JSON.parse(await odradek.output(['topic', 'list', '-o', 'json'])) as {
      topic: string
      partitions: number
    }[]
    assert.deepEqual(
      topics.map(({ topic, partitions }) => [topic, partitions]),
      [
        ['kept', 4],
        ['orders', 3],
      ],
    )
    says('quotas: [{ user: ada, default: client-id }]')
    const rows = JSON.parse(await odradek.output(['apply', '-f', file, '--yes', '-o', 'json'])) as unknown
    assert.deepEqual(rows, [
      {
        action: 'delete',
        kind: 'quota',
        name: 'user ada, client-id (default)',
        values: [{ key: 'producer_byte_rate', from: 1_048_576, to: null }],
      },
    ])
  })

  test('what is wrong in the file is named with its place, and nothing is done', async () => {
    await odradek.output(['topic', 'create', 'three', '-p', '3'])
    for (const [text, message] of [
      ['topic: {}', /cluster\.yaml: there is no key "topic"; did you mean "topics"\?/],
      ['topics: { three: { partition: 4 } }', /cluster\.yaml\.topics\.three: .*did you mean "partitions"\?/],
      ['topics: { three: { partitions: -1 } }', /partitions: is to be a whole number above 0/],
      ['topics: { three: { partitions: 2 } }', /it has 3 partitions, and Kafka takes none away/],
      ['topics: { three: { replicas: 2 } }', /odradek reassign plan three --replicas 2/],
      ['topics: { fine: {}, wrong: { configs: { retention.ms: soon } } }', /wrong: .*\(INVALID_CONFIG\)/],
      ['quotas: [{ user: ada, producer_byte_rat: 1 }]', /quotas\[0\]: .*did you mean "producer_byte_rate"\?/],
      ['quotas: [{ producer_byte_rate: 1 }]', /say whose/],
      ['acls: [{ allow: ada, operation: reed, topic: t }]', /acls\[0\]: .*is read meant\?/],
      ['users: { ada: { password: "${env:NOT_SET_HERE}" } }', /NOT_SET_HERE, which is not set/],
      ['topics: [', /is no YAML/],
      ['topics: [a]', /is to be a map of names, not a list/],
    ] as const) {
      says(text)
      const { code, output, errors } = await odradek.run(['apply', '-f', file, '--yes'])
      assert.deepEqual([code, output], [1, ''], text)
      assert.match(errors, message)
    }
    assert.doesNotMatch(await odradek.output(['topic', 'list']), /fine/)
  })
})
