import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { onInterrupt } from './on-interrupt.ts'

test('one press of Ctrl-C that arrives several times is one; a second press ends the process', () => {
  const signals = new EventEmitter()
  let nowMs = 1000
  const heard: string[] = []
  const stop = onInterrupt(
    { monotonicMs: () => nowMs },
    () => heard.push('interrupt'),
    () => heard.push('end'),
    signals,
  )
  signals.emit('SIGINT')
  nowMs += 20
  signals.emit('SIGINT')
  assert.deepEqual(heard, ['interrupt'])
  nowMs += 1000
  signals.emit('SIGINT')
  assert.deepEqual(heard, ['interrupt', 'end'])
  stop()
  assert.equal(signals.listenerCount('SIGINT'), 0)
})
