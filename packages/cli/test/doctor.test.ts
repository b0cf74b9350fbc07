import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { OdradekUnderTest } from './odradek.ts'

describe('odradek doctor', () => {
  let odradek: OdradekUnderTest
  let folder = ''
  before(async () => {
    odradek = await OdradekUnderTest.start()
    folder = mkdtempSync(path.join(tmpdir(), 'odradek-doctor-'))
  })
  after(async () => {
    await odradek.stop()
    rmSync(folder, { recursive: true })
  })
  const findings = async (...args: string[]): Promise<{ code: number; lines: string[] }> => {
    const { code, output } = await odradek.run(['doctor', ...args, '-o', 'json'])
    const rows = JSON.parse(output) as { status: string; what: string; finding: string }[]
    return { code, lines: rows.map(({ status, what, finding }) => `${status} ${what}: ${finding}`) }
  }
  const has = (lines: readonly string[], expected: RegExp): void =>
    assert.ok(
      lines.some((line) => expected.test(line)),
      `${String(expected)} in ${lines.join('\n')}`,
    )

  test('names all that is wrong with a configuration file', async () => {
    const file = path.join(folder, 'server.properties')
    const lines = [
      'zookeeper.connect=127.0.0.1:1',
      'num.partitions=many',
      'log.retention.msec=5',
      'socket.request.max.bytes=0',
      'sasl.jaas.config=x',
    ]
    writeFileSync(file, lines.join('\n'))
    const { code, lines: found } = await findings('--config', file)
    assert.equal(code, 1)
    has(found, /^problem .*num\.partitions: Not a number of type INT \(line 2\)$/)
    has(found, /^problem .*socket\.request\.max\.bytes: Value must be at least 1 \(line 4\)$/)
    has(found, /^warning .*log\.retention\.msec is ignored\. Did you mean log\.retention\.ms\?$/)
    has(found, /^warning .*No effect on this broker: sasl\.jaas\.config\.$/)

    writeFileSync(file, `broker.id=2\nzookeeper.connect=127.0.0.1:1\nlog.dirs=${odradek.logDirectory}\n`)
    const other = await findings('--config', file)
    has(other.lines, /^ok .*a broker can start with it$/)
    has(other.lines, /^problem .*it belongs to broker 1, but broker\.id is 2/)
  })

  test('looks at a directory that a broker has open, and at the cluster', async () => {
    await odradek.output(['topic', 'create', 't', '-p', '2'])
    const directory = await findings('--data', odradek.logDirectory, '--scan')
    assert.equal(directory.code, 0, directory.lines.join('\n'))
    has(directory.lines, /^ok .*a broker has it open/)
    has(directory.lines, /^ok .*free/)
    has(directory.lines, /^(?:ok|warning) .*syncing takes/)
    const cluster = await findings('-b', odradek.bootstrapServers)
    assert.equal(cluster.code, 0, cluster.lines.join('\n'))
    has(cluster.lines, /^ok broker 1: advertises 127\.0\.0\.1:\d+, which can be reached/)
    has(cluster.lines, /^ok .*1 topics with 2 partitions, all with a leader/)
  })

  test('says what to give it', async () => {
    const { code, errors } = await odradek.run(['doctor'])
    assert.equal(code, 1)
    assert.match(errors, /nothing to look at: give --config/)
  })
})
