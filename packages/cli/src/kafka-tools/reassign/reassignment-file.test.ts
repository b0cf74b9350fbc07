import assert from 'node:assert/strict'
import { test } from 'node:test'
import { movesOf, parseBrokers, parseExecutable, parseReassignments, reassignmentJson } from './reassignment-file.ts'

test('a file says where partitions are to be, and in which directories', () => {
  const text = '{"partitions":[{"topic":"t","partition":1,"replicas":[1,2],"log_dirs":["any","/data"]}],"version":1}'
  const planned = parseReassignments(text)
  assert.deepEqual(planned, [{ topic: 't', partition: 1, replicas: [1, 2], logDirs: ['any', '/data'] }])
  assert.deepEqual(movesOf(planned), [{ topic: 't', partition: 1, brokerId: 2, path: '/data' }])
  assert.equal(
    reassignmentJson(planned),
    '{"version":1,"partitions":[{"topic":"t","partition":1,"replicas":[1,2],"log_dirs":["any","any"]}]}',
  )
})

test('what cannot be meant is refused with what is wrong', () => {
  const wrong = (read: () => unknown): string => {
    try {
      read()
      return 'nothing'
    } catch (error) {
      return (error as Error).message
    }
  }
  const partition = (more: string): string => `{"partitions":[${more}]}`
  assert.equal(
    wrong(() => parseReassignments('{')),
    'Error: The input string is not a valid JSON',
  )
  assert.equal(
    wrong(() => parseReassignments('{"version":2}')),
    'Error: Not supported version field value 2',
  )
  assert.equal(
    wrong(() => parseReassignments('{"partitions":7}')),
    'Error: Expected a list of objects',
  )
  assert.equal(
    wrong(() => parseExecutable(partition(''))),
    'Error: Partition reassignment list cannot be empty',
  )
  const one = '{"topic":"t","partition":0,"replicas":[1]}'
  assert.equal(
    wrong(() => parseExecutable(partition(`${one},${one}`))),
    'Error: Partition reassignment contains duplicate topic partitions: t-0',
  )
  assert.equal(
    wrong(() => parseExecutable(partition('{"topic":"t","partition":0,"replicas":[1,1]}'))),
    'Error: Partition replica lists may not contain duplicate entries: t-0 contains multiple entries for 1',
  )
  assert.equal(
    wrong(() => parseBrokers('1,2,1')),
    'Error: Broker list contains duplicate entries: [1]',
  )
})
