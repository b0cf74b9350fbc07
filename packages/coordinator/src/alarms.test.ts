import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Alarms } from './alarms.ts'
import type { Effects } from './effects.ts'

const noEffects: Effects<never> = {
  reply: () => undefined,
  fail: () => undefined,
  write: () => undefined,
  note: () => undefined,
}

/** Alarms that write down when which of them rang. */
function recorded(): { alarms: Alarms<never>; rung: string[]; poll: (monotonicMs: number) => void } {
  const alarms = new Alarms<never>()
  const rung: string[] = []
  return { alarms, rung, poll: (monotonicMs) => alarms.poll(noEffects, { wallMs: 0, monotonicMs }) }
}

test('alarms ring in the order of their times, those of the same time in the order in which they were set', () => {
  const { alarms, rung, poll } = recorded()
  for (const [name, atMs] of [
    ['c', 30],
    ['a', 10],
    ['b1', 20],
    ['b2', 20],
    ['d', 40],
  ] as const) {
    alarms.alarm((_effects, now) => rung.push(`${name}@${now.monotonicMs}`)).set(atMs)
  }
  assert.equal(alarms.next(), 10)
  poll(9)
  assert.deepEqual(rung, [])
  poll(30)
  assert.deepEqual(rung, ['a@30', 'b1@30', 'b2@30', 'c@30'])
  assert.equal(alarms.next(), 40)
})

test('an alarm that is moved rings once, at its last time', () => {
  const { alarms, rung, poll } = recorded()
  const alarm = alarms.alarm(() => rung.push('rang'))
  for (let atMs = 10; atMs <= 1000; atMs++) alarm.set(atMs)
  alarm.set(500)
  alarm.set(600)
  assert.equal(alarms.next(), 600)
  poll(599)
  assert.deepEqual(rung, [])
  poll(2000)
  assert.deepEqual(rung, ['rang'])
  assert.equal(alarms.next(), undefined)
})

test('an alarm that was cleared does not ring, and can be set again', () => {
  const { alarms, rung, poll } = recorded()
  const alarm = alarms.alarm(() => rung.push('rang'))
  alarm.set(10)
  alarm.clear()
  assert.equal(alarms.next(), undefined)
  poll(10)
  alarm.set(20)
  poll(20)
  assert.deepEqual(rung, ['rang'])
})

test('an alarm that sets itself to now rings once a poll', () => {
  const { alarms, rung, poll } = recorded()
  const alarm = alarms.alarm((_effects, now) => {
    rung.push('rang')
    alarm.set(now.monotonicMs)
  })
  alarm.set(1)
  poll(5)
  assert.equal(rung.length, 1)
  poll(5)
  assert.equal(rung.length, 2)
})

test('many alarms, moved at random, all ring at their time', () => {
  const { alarms, poll } = recorded()
  let state = 12345
  const random = (): number => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fff_ffff) % 1000
  const due = new Map<number, number>()
  const all = Array.from({ length: 200 }, (_, index) =>
    alarms.alarm((_effects, now) => {
      assert.equal(due.get(index), now.monotonicMs)
      due.delete(index)
    }),
  )
  for (let round = 0; round < 2000; round++) {
    const index = random() % all.length
    const atMs = random()
    all[index]?.set(atMs)
    due.set(index, atMs)
  }
  for (let nowMs = 0; nowMs < 1000; nowMs++) poll(nowMs)
  assert.equal(due.size, 0)
})
