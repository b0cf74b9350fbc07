import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { OdradekUnderTest } from './odradek.ts'

describe('odradek, against a cluster', () => {
  let odradek: OdradekUnderTest
  before(async () => {
    odradek = await OdradekUnderTest.start()
  })
  after(() => odradek.stop())
  const json = async (...args: string[]): Promise<unknown> => JSON.parse(await odradek.output([...args, '-o', 'json']))

  test('topics: create, list, describe, alter, offsets, trim, delete', async () => {
    const create = ['topic', 'create', 'orders', 'customers', '-p', '3', '-c', 'retention.ms=60000']
    assert.equal(
      await odradek.output([...create, '--dry-run']),
      'orders could be created, 3 partitions\ncustomers could be created, 3 partitions\n',
    )
    assert.equal(await odradek.output(create), 'orders created, 3 partitions\ncustomers created, 3 partitions\n')
    assert.equal(
      await odradek.output(['topic', 'ls']),
      'TOPIC      PARTITIONS  REPLICAS  UNDER-REPLICATED\ncustomers           3         1                 0\norders              3         1                 0\n',
    )
    await odradek.output([
      'topic',
      'alter',
      'orders',
      '-p',
      '4',
      '--set',
      'cleanup.policy=compact',
      '--unset',
      'retention.ms',
    ])
    assert.deepEqual(await json('topic', 'offsets', 'orders:0,2-3'), [
      { topic: 'orders', partition: 0, start: 0, end: 0, records: 0 },
      { topic: 'orders', partition: 2, start: 0, end: 0, records: 0 },
      { topic: 'orders', partition: 3, start: 0, end: 0, records: 0 },
    ])
    const trim = await odradek.run(['topic', 'trim', 'customers:0', '--before', 'end'])
    assert.match(trim.output, /^TOPIC +PARTITION +START +NEW-START +RECORDS\ncustomers/)
    assert.match(trim.errors, /Nothing was deleted/)
    assert.equal(await odradek.output(['topic', 'delete', 'customers']), 'customers deleted\n')
    const described = (await json('topic', 'describe', 'orders')) as { partition: number; leader: number }[]
    assert.deepEqual(
      described.map(({ partition, leader }) => [partition, leader]),
      [
        [0, 1],
        [1, 1],
        [2, 1],
        [3, 1],
      ],
    )
  })

  test('what failed is named with its cause, and the exit code says so', async () => {
    const { code, errors, output } = await odradek.run(['topic', 'create', 'orders', 'fine'])
    assert.equal(code, 1)
    assert.equal(output, '')
    assert.match(errors, /^odradek: orders: .*exists.* \(TOPIC_ALREADY_EXISTS\)\n$/)
    assert.equal((await odradek.run(['topic', 'alter', 'orders'])).code, 1)
    assert.equal((await odradek.run(['topic', 'list', '-o', 'xml'])).code, 1)
    assert.equal((await odradek.run(['topic', 'nothing'])).code, 2)
    const wrong = await odradek.run(['topic', 'list', '-X', 'bootstrap.server=x:1'])
    assert.match(wrong.errors, /bootstrap\.servers/)
  })

  test('groups: reset says first what it would do; lag, list, delete', async () => {
    await odradek.output(['topic', 'create', 'events'])
    const reset = ['group', 'reset', 'billing', '-t', 'events', '--to', 'beginning']
    const dry = await odradek.run(reset)
    assert.match(dry.errors, /with --yes/)
    assert.equal(dry.output, 'TOPIC   PARTITION  OFFSET  NEW-OFFSET\nevents          0       -           0\n')
    assert.deepEqual(await json('group', 'list'), [])
    await odradek.output([...reset, '--yes'])
    assert.deepEqual(await json('group', 'list'), [{ group: 'billing', type: 'Classic', protocol: '', state: 'Empty' }])
    assert.deepEqual(await json('group', 'lag', 'billing'), [
      { group: 'billing', topic: 'events', partition: 0, member: null, offset: 0, end: 0, lag: 0 },
    ])
    assert.match((await odradek.run(['group', 'reset', 'nobody', '--shift', '1'])).errors, /name topics with -t/)
    assert.equal(await odradek.output(['group', 'delete', 'billing']), 'billing deleted\n')
  })

  test('configuration, brokers, contexts', async () => {
    await odradek.output(['topic', 'create', 'logs', '-c', 'segment.bytes=1048576'])
    const [set] = (await json('config', 'get', 'topic', 'logs')) as { key: string; value: string }[]
    assert.deepEqual([set?.key, set?.value], ['segment.bytes', '1048576'])
    assert.match(
      await odradek.output(['config', 'get', 'topic', 'logs', '-k', 'retention.ms']),
      /604800000 +DEFAULT_CONFIG/,
    )
    assert.equal(
      await odradek.output(['config', 'set', 'topic', 'logs', '-s', 'retention.ms=5']),
      'topic logs changed\n',
    )
    assert.match(
      (await odradek.run(['config', 'set', 'topic', 'logs', '-s', 'retention.ms=x'])).errors,
      /INVALID_CONFIG/,
    )
    const brokers = (await json('cluster', 'brokers')) as { id: number; controller: boolean }[]
    assert.deepEqual(
      brokers.map(({ id, controller }) => [id, controller]),
      [[1, true]],
    )
    await odradek.output(['context', 'set', 'local', `bootstrap.servers=${odradek.bootstrapServers}`])
    assert.match(await odradek.output(['context', 'ls']), /^NAME +CURRENT +BROKERS\nlocal +true +127\.0\.0\.1:\d+\n$/)
    assert.match(await odradek.output(['cluster', 'id', '--context', 'local']), /^CLUSTER-ID\n\S{22}\n$/)
    assert.match((await odradek.run(['cluster', 'id', '--context', 'far'])).errors, /there are local/)
  })

  test('produce and consume: keys, headers, formats, bounds, groups', async () => {
    await odradek.output(['topic', 'create', 'inventions', '-p', '2'])
    await odradek.output(
      ['produce', '-t', 'inventions', '-p', '0', '-K', ':', '-H', 'by=hand', '-z', 'gzip'],
      'ada:analytical\ngrace:compiler\n',
    )
    await odradek.output(['produce', '-t', 'inventions', '-p', '1', '-k', 'fixed', '-Z', '-D', ';'], 'one;;three')
    const consume = ['consume', 'inventions:0', '-e']
    assert.equal(await odradek.output(consume), 'analytical\ncompiler\n')
    assert.equal(
      await odradek.output([...consume, '-f', '%t/%p@%o %k=%s [%h]\\n']),
      'inventions/0@0 ada=analytical [by=hand]\ninventions/0@1 grace=compiler [by=hand]\n',
    )
    assert.equal(await odradek.output([...consume, '-o', '-1']), 'compiler\n')
    assert.equal(
      await odradek
        .output([...consume, '-o', '1', '-o', 'jsonl'])
        .then((line) => (JSON.parse(line) as { key: string }).key),
      'grace',
    )
    assert.equal(await odradek.output([...consume, '-o', 's@2100-01-01T00:00:00Z']), '')
    assert.equal(await odradek.output([...consume, '-o', 's@0..e@2000-01-01T00:00:00Z']), '')
    assert.equal(await odradek.output(['consume', 'inventions:1', '-c', '3', '-f', '%o:%S\\n']), '0:3\n1:-1\n2:5\n')
    assert.equal((await odradek.output(['consume', 'inventions', '-G', 'readers', '-c', '5'])).split('\n').length, 6)
    const lag = (await json('group', 'lag', 'readers')) as { lag: number }[]
    assert.deepEqual(
      lag.map((row) => row.lag),
      [0, 0],
    )
    assert.match((await odradek.run(['consume', 'inventions', '-G', 'readers', '-e'])).errors, /do not go with -G/)
    assert.match((await odradek.run(['consume', 'nothing', '-e'])).errors, /nothing/)
  })

  test('where no broker answers, every kind of command ends with the addresses, the causes and the next step', async () => {
    const servers = '127.0.0.1:9,nowhere.invalid:9092'
    const soon = ['-X', 'default.api.timeout.ms=300', '-X', 'max.block.ms=300']
    const expected =
      /^odradek: (orders: )?no metadata of \S+( cluster)? within 300 ms from 127\.0\.0\.1:9, nowhere\.invalid:9092: .*\((ECONNREFUSED|ENOTFOUND|EAI_AGAIN)\); check bootstrap\.servers/
    for (const args of [
      ['topic', 'list'],
      ['consume', 'orders', '-e'],
      ['produce', 'orders'],
    ]) {
      const { code, output, errors } = await odradek.run([...args, '-b', servers, ...soon], 'x\n')
      assert.deepEqual([code, output], [1, ''])
      assert.match(errors, expected)
    }
  })
})
