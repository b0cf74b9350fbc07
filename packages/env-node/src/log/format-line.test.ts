import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NodeLogger } from './node-logger.ts'

function linesOf(options: { json?: boolean; level?: 'debug' }, use: (log: NodeLogger) => void): string[] {
  let text = ''
  const log = NodeLogger.create({ ...options, destination: (more) => (text += more) })
  use(log)
  log.error('done')
  return text.split('\n').slice(0, -2)
}

test('a line is for a person', () => {
  const [line] = linesOf({}, (log) => {
    log.debug('not shown')
    log.child('broker', { id: 1 }).info('Listening', { port: 9092, path: '/a b', nothing: undefined, big: 5n })
  })
  assert.match(line ?? '', /^\d\d:\d\d:\d\d\.\d{3} INFO {2}broker {2}Listening id=1 port=9092 path="\/a b" big=5$/)
})

test('what comes from outside cannot forge a line', () => {
  const lines = linesOf({}, (log) => log.warn('bad\n12:00:00.000 INFO fake', { topic: 'a\nb\u001b[2J' }))
  assert.equal(lines.length, 1)
  assert.match(lines[0] ?? '', /bad\\n12:00:00\.000 INFO fake topic="a\\nb\\u001b\[2J"$/)
})

test('a cause that the message tells already is not told again', () => {
  const cause = new Error('connection refused')
  const error = new Error('cannot reach 127.0.0.1:2181: connection refused', { cause })
  const [line] = linesOf({}, (log) => log.warn('Failed', { error }))
  assert.match(line ?? '', /Failed error="cannot reach 127\.0\.0\.1:2181: connection refused"$/)
})

test('errors show their message and cause, with stacks at debug', () => {
  const error = new Error('outer', { cause: new Error('inner') })
  assert.match(linesOf({}, (log) => log.warn('Failed', { error }))[0] ?? '', /Failed error="outer: inner"$/)
  assert.match(
    linesOf({ level: 'debug' }, (log) => log.warn('Failed', { error })).join('\n'),
    /\n {4}Error: outer\n.* at /,
  )
})

test('json is one object per line', () => {
  const [line] = linesOf({ json: true }, (log) => log.child('x').info('hi', { a: 1n, error: new Error('boo') }))
  const { time, error, ...rest } = JSON.parse(line ?? '') as { time: string; error: { message: string } }
  assert.ok(Date.parse(time) > 0)
  assert.equal(error.message, 'boo')
  assert.deepEqual(rest, { level: 'info', component: 'x', message: 'hi', a: '1' })
})
