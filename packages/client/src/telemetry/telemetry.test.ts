import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ErrorCode } from '@odradek/kafka-protocol'
import { numbersOf, telemetryName } from './otlp-metrics.ts'
import { TelemetryCore } from './telemetry-core.ts'

const id = 'uPj9fFp-TCadXIovbTseAA'

function answer(given: object = {}) {
  return {
    throttleTimeMs: 0,
    errorCode: 0,
    clientInstanceId: id,
    subscriptionId: 7,
    acceptedCompressionTypes: [4, 3, 1, 2],
    pushIntervalMs: 1000,
    telemetryMaxBytes: 1000,
    deltaTemporality: true,
    requestedMetrics: [''],
    ...given,
  }
}

test('a client asks what is wanted, pushes in its own time of the interval, and once more at the end', () => {
  const core = new TelemetryCore(() => 0.25)
  assert.deepEqual(core.poll(0), { kind: 'subscribe', clientInstanceId: 'AAAAAAAAAAAAAAAAAAAAAA' })
  core.subscribed(answer(), 0)
  assert.equal(core.clientInstanceId, id)
  assert.equal(core.poll(749), undefined)
  assert.equal(core.poll(750)?.kind, 'push')
  core.pushed(ErrorCode.NONE, 800)
  assert.equal(core.nextDeadlineMs, 1800)
  const last = core.terminate()
  assert.ok(last?.kind === 'push' && last.isLast)
  assert.equal(core.nextDeadlineMs, Infinity)
})

test('when nothing is wanted it asks again after the interval, under its id', () => {
  const core = new TelemetryCore(() => 0)
  core.poll(0)
  core.subscribed(answer({ requestedMetrics: [] }), 0)
  assert.deepEqual(core.poll(1000), { kind: 'subscribe', clientInstanceId: id })
  assert.equal(core.terminate(), undefined)
})

test('an outdated subscription is asked for anew at once; what is hopeless ends it', () => {
  const core = new TelemetryCore(() => 0.5)
  core.poll(0)
  core.subscribed(answer(), 0)
  core.poll(1000)
  core.compressed(4)
  core.pushed(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, 1000)
  assert.equal(core.poll(1000)?.kind, 'subscribe')
  core.subscribed(answer(), 1000)
  const push = core.poll(2000)
  assert.deepEqual(push?.kind === 'push' && push.subscription.compressionTypes, [3, 1, 2])
  core.pushed(ErrorCode.INVALID_RECORD, 2000)
  assert.ok(core.hasEnded)
})

test('metrics have the names of KIP-714, and only those that are asked for are pushed', () => {
  assert.equal(
    telemetryName({ group: 'consumer-fetch-manager-metrics', name: 'fetch-latency-avg' }),
    'org.apache.kafka.consumer.fetch.manager.fetch.latency.avg',
  )
  const metric = { group: 'producer-metrics', description: '', tags: { 'client-id': 'me', 'node-id': 'node-1' } }
  const metrics = [
    { ...metric, name: 'record-send-total', value: 5, isTotal: true },
    { ...metric, name: 'batch-size-avg', value: NaN, isTotal: false },
    { ...metric, name: 'request-rate', value: 1, isTotal: false },
  ]
  assert.deepEqual(numbersOf(metrics, ['org.apache.kafka.producer.record', 'org.apache.kafka.producer.batch']), [
    {
      name: 'org.apache.kafka.producer.record.send.total',
      description: '',
      attributes: [['node_id', 'node-1']],
      value: 5,
      kind: 'sum',
    },
  ])
  assert.equal(numbersOf(metrics, ['']).length, 2)
})
