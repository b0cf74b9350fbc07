import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { OdradekUnderTest } from './odradek.ts'

describe('odradek bench', () => {
  let odradek: OdradekUnderTest
  before(async () => {
    odradek = await OdradekUnderTest.start()
  })
  after(() => odradek.stop())

  test('produce, consume and latency: all records count, and the topic that was made is gone', async () => {
    const args = [
      'bench',
      'all',
      '-n',
      '300',
      '-s',
      '1Ki',
      '-p',
      '2',
      '-X',
      'linger.ms=1',
      '-X',
      'fetch.max.wait.ms=50',
    ]
    const rows = JSON.parse(await odradek.output([...args, '-o', 'json'])) as Record<string, number>[]
    assert.deepEqual(
      rows.map(({ bench, records }) => [bench, records]),
      [
        ['produce', 300],
        ['consume', 300],
        ['latency', 300],
      ],
    )
    for (const { recordsPerSecond = 0, p50Ms = 0, maxMs = 0 } of rows) {
      assert.ok(recordsPerSecond > 0)
      assert.ok(p50Ms <= maxMs)
    }
    assert.equal(await odradek.output(['topic', 'list', '-o', 'json']), '[]\n')
  })

  test('a topic of the user is left, and one that there is not is said so', async () => {
    await odradek.output(['topic', 'create', 'mine'])
    const table = await odradek.output(['bench', 'produce', '-t', 'mine', '-n', '50', '--rate', '1000', '-z', 'lz4'])
    assert.match(table, /^BENCH +RECORDS +SECONDS +RECORDS-PER-SECOND.*P99-MS +MAX-MS\nproduce +50 /)
    assert.match(await odradek.output(['topic', 'offsets', 'mine']), / 50\n$/)
    assert.match((await odradek.run(['bench', 'consume', '-t', 'none'])).errors, /none: .*UNKNOWN_TOPIC/)
    assert.match((await odradek.run(['bench', 'produce', '--size', 'big'])).errors, /--size takes bytes/)
    assert.match((await odradek.run(['topic', 'list', '-X', 'linger.mss=1'])).errors, /linger\.mss/)
  })
})
