// Kafka's tools against a cluster: what a script relies on. judges/kafka-commands holds them against Apache's.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { OdradekUnderTest } from './odradek.ts'

describe("Kafka's tools by their names", () => {
  let odradek: OdradekUnderTest
  let folder: string
  before(async () => {
    odradek = await OdradekUnderTest.start()
    folder = mkdtempSync(path.join(tmpdir(), 'odradek-tools-'))
  })
  after(async () => {
    await odradek.stop()
    rmSync(folder, { recursive: true })
  })
  const run = (text: string, input?: string) =>
    odradek.run(text.replace('@', `--bootstrap-server ${odradek.bootstrapServers}`).split(' '), input)
  const output = async (text: string, input?: string): Promise<string> => (await run(text, input)).output

  test('records in from lines, and out in the columns that are asked for', async () => {
    await output('kafka-topics @ --create --topic letters')
    const produced = await run(
      'kafka-console-producer.sh @ --topic letters --property parse.key=true --property key.separator=: --property null.marker=NULL',
      'a:alpha\nb:NULL\n',
    )
    assert.deepEqual(produced, { code: 0, output: '', errors: '' })
    const consumed = await run(
      'kafka-console-consumer @ --topic letters --from-beginning --max-messages 2 --property print.key=true --property print.offset=true',
    )
    assert.deepEqual(consumed, {
      code: 0,
      output: 'Offset:0\ta\talpha\nOffset:1\tb\tnull\n',
      errors: 'Processed a total of 2 messages\n',
    })
  })

  test('a group goes on where it was', async () => {
    await output('kafka-console-producer @ --topic counted', '1\n2\n3\n')
    const consume = 'kafka-console-consumer @ --topic counted --group counters --max-messages 1'
    assert.equal(await output(`${consume} --from-beginning`), '1\n')
    assert.equal(await output(consume), '2\n')
    assert.match(await output('kafka-consumer-groups @ --describe --group counters'), /counted +0 +2 +3 +1 /)
  })

  test('configurations are set, shown and unset; quotas too', async () => {
    const changed = await output(
      'kafka-configs @ --alter --topic letters --add-config retention.ms=1000,cleanup.policy=[compact,delete]',
    )
    assert.equal(changed, 'Completed updating config for topic letters.\n')
    assert.match(
      await output('kafka-configs @ --describe --topic letters'),
      /^Dynamic configs for topic letters are:\n {2}cleanup\.policy=compact,delete sensitive=false synonyms=\{.*\}\n {2}retention\.ms=1000 /,
    )
    const missing = await run('kafka-configs @ --alter --topic letters --delete-config flush.ms')
    assert.deepEqual(missing, { code: 1, output: '', errors: 'Invalid config(s): flush.ms\n' })
    await output('kafka-configs @ --alter --client c --add-config producer_byte_rate=10000000')
    assert.equal(
      await output('kafka-configs @ --describe --client c'),
      "Quota configs for client-id 'c' are producer_byte_rate=1.0E7\n",
    )
  })

  test('a segment is shown batch by batch and record by record', async () => {
    await output('kafka-console-producer @ --topic dumped --sync', 'only\n')
    const log = path.join(odradek.logDirectory, 'dumped-0', '00000000000000000000.log')
    const dumped = await output(`kafka-dump-log --print-data-log --files ${log}`)
    assert.match(dumped, /^Dumping .*\nLog starting offset: 0\nbaseOffset: 0 lastOffset: 0 count: 1 .* isvalid: true\n/)
    assert.match(
      dumped,
      /\| offset: 0 CreateTime: \d+ keySize: -1 valueSize: 4 sequence: 0 headerKeys: \[\] payload: only\n$/,
    )
    writeFileSync(path.join(folder, '00000000000000000000.log'), Buffer.alloc(100, 7))
    const garbage = await run(`kafka-dump-log --files ${folder}/00000000000000000000.log`)
    assert.equal(garbage.code, 0)
    assert.match(garbage.errors, /magic 7/)
  })

  test('performance is measured', async () => {
    const sent = await output(
      `kafka-producer-perf-test --topic perf --num-records 50 --record-size 10 --throughput -1 --producer-props bootstrap.servers=${odradek.bootstrapServers} acks=all`,
    )
    assert.match(sent, /^50 records sent, [\d.]+ records\/sec \([\d.]+ MB\/sec\), .* ms 99\.9th\.\n$/)
    const read = await output('kafka-consumer-perf-test @ --topic perf --messages 50')
    assert.match(read, /^start\.time, end\.time, .*\n.*, 0\.0005, [\d.]+, 50, /)
  })

  test('what is asked wrongly is said with what there is, and what is not here with what to use', async () => {
    const wrong = await run('kafka-console-consumer @ --topic letters --offset 1')
    assert.equal(wrong.code, 1)
    assert.match(wrong.errors, /^The partition is required when offset is specified\.\n--bootstrap-server /)
    const format = await run('kafka-storage format -t MkU3OEVBNTcwNTJENDM2Qg -c server.properties')
    assert.deepEqual([format.code, format.output], [1, ''])
    assert.match(format.errors, /^kafka-storage format is about the directories of KRaft.*start it with odradek up/)
    assert.match(await output('kafka-storage random-uuid'), /^[\w][\w-]{21}\n$/)
    assert.deepEqual(await run('kafka-jmx'), {
      code: 1,
      output: '',
      errors: 'odradek: there is no kafka-jmx: Odradek has no JMX: its metrics are at /metrics of --http-port\n',
    })
    const acls = await run('kafka-acls @ --list')
    assert.equal(acls.code, 1)
    assert.match(acls.output, /^Error while executing ACL command: .*UnsupportedVersionException/)
  })
})
