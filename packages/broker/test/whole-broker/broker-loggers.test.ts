import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorOf } from '@odradek/kafka-protocol'
import { describeConfigsRequest, describeConfigsResponse } from '@odradek/kafka-protocol/messages/32-describe-configs'
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@odradek/kafka-protocol/messages/44-incremental-alter-configs'
import { ClusterWorld } from './cluster-world.ts'

const BROKER_LOGGER = 8

async function alter(
  world: ClusterWorld,
  name: string,
  configOperation: number,
  value: string | null,
): Promise<string> {
  const resources = [{ resourceType: BROKER_LOGGER, resourceName: '1', configs: [{ name, configOperation, value }] }]
  const { responses } = await world.ask(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, { resources })
  return responses
    .map(({ errorCode, errorMessage }) => (errorCode === 0 ? 'NONE' : `${errorOf(errorCode).name}: ${errorMessage}`))
    .join()
}

async function levelOf(world: ClusterWorld, name: string): Promise<string | null | undefined> {
  const { results } = await world.ask(describeConfigsRequest, describeConfigsResponse, {
    resources: [{ resourceType: BROKER_LOGGER, resourceName: '1', configurationKeys: [name] }],
  })
  return results[0]?.configs[0]?.value
}

test('the levels of loggers are shown, and change while the broker runs (KIP-412)', async () => {
  const world = await ClusterWorld.withZooKeeper('broker loggers')
  await world.startBroker(1)
  assert.equal(await levelOf(world, 'root'), 'INFO')
  assert.equal(await levelOf(world, 'socket-server'), 'INFO')
  assert.equal(await alter(world, 'socket-server', 0, 'TRACE'), 'NONE')
  assert.equal(await levelOf(world, 'socket-server'), 'DEBUG')
  assert.equal(await alter(world, 'root', 0, 'WARN'), 'NONE')
  assert.deepEqual([await levelOf(world, 'socket-server'), await levelOf(world, 'controller')], ['DEBUG', 'WARN'])
  assert.equal(await alter(world, 'socket-server', 1, null), 'NONE')
  assert.equal(await levelOf(world, 'socket-server'), 'WARN')
  assert.match(await alter(world, 'nobody', 0, 'INFO'), /^INVALID_CONFIG: Logger nobody does not exist!$/)
  assert.match(await alter(world, 'root', 0, 'LOUD'), /^INVALID_CONFIG: Cannot set the log level of root to LOUD/)
  assert.match(await alter(world, 'root', 1, null), /^INVALID_REQUEST: Removing the log level of the root logger/)
  assert.match(await alter(world, 'root', 2, 'INFO'), /^INVALID_REQUEST: APPEND operation is not allowed/)
})
