import assert from 'node:assert/strict'
import { test } from 'node:test'
import { logConfigOf } from './log-config-of.ts'
import { resolveTopicConfig } from './resolve-topic-config.ts'

test('what is looked at in a batch is a matter of the broker: everything, or its header alone', () => {
  const topic = resolveTopicConfig(new Map(), new Map())
  const validation = (texts: ReadonlyMap<string, string>): string => logConfigOf(topic, texts).recordValidation
  assert.equal(validation(new Map()), 'full')
  assert.equal(validation(new Map([['odradek.record.validation', 'header']])), 'header')
  assert.throws(() => validation(new Map([['odradek.record.validation', 'none']])), /odradek.record.validation/)
})
