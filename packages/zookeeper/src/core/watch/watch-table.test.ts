import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WatchEventType } from '@odradek/zookeeper-protocol'
import fc from 'fast-check'
import type { Watcher } from './watcher.ts'
import { WatchMode, WatchTable } from './watch-table.ts'

const modes = Object.values(WatchMode)
const paths = ['/', '/a', '/a/b', '/a/b/c', '/ab']

test('every watch does what its own kind says, whatever else is watched', () => {
  const step = fc.record({
    kind: fc.constantFrom('add', 'remove', 'removeWatcher', 'leave', 'sweep', 'trigger'),
    watcher: fc.nat(2),
    path: fc.constantFrom(...paths),
    mode: fc.constantFrom(...modes),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const told: string[] = []
      const watchers = [0, 1, 2].map((index): Watcher => ({
        sessionId: BigInt(index),
        onEvent: (_type, path) => told.push(`${index} ${path}`),
      }))
      const table = new WatchTable()
      // The same as a plain set of (watcher, path, mode).
      const model = new Set<string>()
      for (const { kind, watcher, path, mode } of steps) {
        const who = watchers[watcher] as Watcher
        const key = `${watcher} ${path} ${mode}`
        if (kind === 'add') {
          table.add(path, who, mode)
          model.add(key)
        } else if (kind === 'remove') {
          assert.equal(table.remove(path, who, mode), model.delete(key))
        } else if (kind === 'removeWatcher') {
          table.removeWatcher(who)
          for (const entry of model) if (entry.startsWith(`${watcher} `)) model.delete(entry)
        } else if (kind === 'leave') {
          table.removeWatcher(who, 1)
          for (const entry of model) if (entry.startsWith(`${watcher} `)) model.delete(entry)
        } else if (kind === 'sweep') {
          while (table.sweep(1)) assert.ok(table.watchCount <= model.size)
        } else {
          table.trigger(WatchEventType.nodeDataChanged, path, 1n, [])
          const expected = [0, 1, 2].filter((index) =>
            [...model].some((entry) => {
              const [entryWatcher, entryPath = '', entryMode] = entry.split(' ')
              const isAbove = path.startsWith(entryPath === '/' ? '/' : `${entryPath}/`)
              const isRecursive = Number(entryMode) === WatchMode.persistentRecursive
              return Number(entryWatcher) === index && (entryPath === path || (isRecursive && isAbove))
            }),
          )
          assert.deepEqual(
            told.splice(0).sort(),
            expected.map((index) => `${index} ${path}`),
          )
          for (const index of [0, 1, 2]) model.delete(`${index} ${path} ${WatchMode.once}`)
        }
        const pairs = new Set([...model].map((entry) => entry.slice(0, entry.lastIndexOf(' '))))
        assert.equal(table.watchCount, pairs.size)
        const watched = new Set([...pairs].map((pair) => pair.split(' ')[1]))
        assert.deepEqual(new Set([...table.byPath()].map(([path]) => path)), watched)
      }
      while (table.sweep(1));
      assert.equal(table.pathCount, new Set([...model].map((entry) => entry.split(' ')[1])).size)
    }),
  )
})
