import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeToolOptions, parseToolArguments } from './tool-options.ts'
import type { ToolOption } from './tool-options.ts'

const options: readonly ToolOption[] = [
  { name: 'bootstrap-server', value: 'host:port', description: 'where the cluster is', required: true },
  { name: 'describe', description: 'say what there is' },
  { name: 'delete', description: 'remove' },
  { name: 'delete-config', value: 'key', description: 'unset a key' },
  { name: 'config', value: 'key=value', description: 'set a key' },
]

test("arguments as Kafka's tools take them", () => {
  const given = parseToolArguments(options, [
    '--bootstrap',
    'a:1',
    '--config',
    'x=1',
    '-config=y=2',
    '--desc',
    '--delete-config',
    '-1',
    'word',
  ])
  assert.equal(given.value('bootstrap-server'), 'a:1')
  assert.deepEqual(given.values('config'), ['x=1', 'y=2'])
  assert.ok(given.has('describe'))
  assert.ok(!given.has('delete'))
  assert.equal(given.value('delete-config'), '-1')
  assert.deepEqual(given.rest, ['word'])
})

test('what is wrong with them is said', () => {
  const wrong = (args: string[]): string => {
    try {
      parseToolArguments(options, args)
      return 'nothing'
    } catch (error) {
      return (error as Error).message
    }
  }
  assert.equal(wrong(['--describe']), 'Missing required argument "[bootstrap-server]"')
  assert.equal(wrong(['--nothing']), 'nothing is not a recognized option')
  assert.equal(
    wrong(['--de', '--bootstrap-server', 'a:1']),
    'de fits more than one option: describe, delete, delete-config',
  )
  assert.equal(wrong(['--bootstrap-server']), 'Option bootstrap-server requires an argument')
  assert.equal(wrong(['--describe=yes']), '--describe takes no value')
})

test('the help has one line for each', () => {
  assert.match(
    describeToolOptions(options),
    /^--bootstrap-server <host:port> {2}where the cluster is\n--describe +say what there is\n/,
  )
})
