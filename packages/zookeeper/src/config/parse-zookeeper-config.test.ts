import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseZooKeeperConfig } from './parse-zookeeper-config.ts'

const minimal = 'dataDir=/var/zk\nclientPort=2181\n'

test('what is not said has ZooKeeper’s defaults', () => {
  const config = parseZooKeeperConfig(minimal)
  assert.equal(config.dataLogDir, '/var/zk')
  assert.equal(config.tickTimeMs, 3000)
  assert.equal(config.minSessionTimeoutMs, 6000)
  assert.equal(config.maxSessionTimeoutMs, 60_000)
  assert.equal(config.maxClientConnections, 60)
  assert.equal(config.snapCount, 100_000)
  assert.equal(config.preAllocSizeBytes, 64 * 1024 * 1024)
  assert.equal(config.packetSizeBytesMax, 1_048_575)
  assert.deepEqual([...config.fourLetterWords], ['srvr'])
  assert.equal(config.superDigest, undefined)
  assert.deepEqual(config.warnings, [])
})

test('keys may carry the prefix of Java’s properties; comments and spaces do not count', () => {
  const config = parseZooKeeperConfig(`
    # a comment
    ! another
    dataDir = /var/zk
    dataLogDir: /var/log
    clientPort=0
    tickTime=500
    zookeeper.snapCount=7
    zookeeper.DigestAuthenticationProvider.superDigest=super:abc=
    4lw.commands.whitelist=ruok, srvr
    zookeeper.extendedTypesEnabled=true
    autopurge.purgeInterval=0
  `)
  assert.equal(config.dataLogDir, '/var/log')
  assert.equal(config.minSessionTimeoutMs, 1000)
  assert.equal(config.snapCount, 7)
  assert.equal(config.superDigest, 'super:abc=')
  assert.deepEqual([...config.fourLetterWords], ['ruok', 'srvr'])
  assert.equal(config.extendedTypesEnabled, true)
  assert.equal(config.purgeIntervalMs, 0)
})

test('what is wrong is named', () => {
  const invalid = (text: string, message: RegExp): void =>
    assert.throws(() => parseZooKeeperConfig(text), { name: 'ZooKeeperConfigError', message })
  invalid('clientPort=2181', /dataDir is not set/)
  invalid('dataDir=/d', /clientPort is not set/)
  invalid(`${minimal}tickTime=abc`, /tickTime=abc must be a whole number from 1/)
  invalid(`${minimal}snapCount=1`, /snapCount=1 must be/)
  invalid(`${minimal}clientPort=70000`, /clientPort=70000/)
  invalid(`${minimal}extendedTypesEnabled=maybe`, /extendedTypesEnabled=maybe must be true or false/)
  invalid(`${minimal}minSessionTimeout=10\nmaxSessionTimeout=5`, /minSessionTimeout is larger/)
  invalid(`${minimal}server.1=a:2888:3888`, /server\.1 describes an ensemble/)
})

test('what has no effect is told, with the reason', () => {
  const { warnings } = parseZooKeeperConfig(`${minimal}admin.idleTimeout=8080\nfantasy.key=1`)
  assert.match(warnings[0] ?? '', /admin\.idleTimeout has no effect: the HTTP server decides/)
  assert.match(warnings[1] ?? '', /fantasy\.key is not a key that is known here/)
})
