// The examples of docs/examples.md, each by the command that stands there, on our broker and on Apache Kafka 3.9.1.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../lib/folders.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { mustRun } from '../lib/run-command.ts'
import { startTarget } from '../lib/target.ts'

/** What each prints at its end. */
const endings: Readonly<Record<string, string>> = {
  'at-most-once': 'crashed at two\ndone: one three four',
  'at-least-once': 'crashed at two\ndone: one two two three four',
  'exactly-once': 'crashed at three\ncommitted: invoice one, invoice two, invoice three, invoice four',
  'key-order': [
    ...['ada', 'grace', 'edsger', 'barbara'].map((customer) => `${customer}: 1 2 3 4 5`),
    'at the same time: more than one',
  ].join('\n'),
  'dead-letter': "sum: 42\ndead: many, since 'many' is no amount",
}

export async function judge({ report }: JudgeContext): Promise<void> {
  const page = readFileSync(path.join(root, 'docs', 'examples.md'), 'utf8')
  const shown = [...page.matchAll(/npm run example -- ([a-z-]+)/g)].map((found) => found[1] ?? '')
  await report.check('docs/examples.md shows how each is run', () => {
    assert.deepEqual(new Set(shown), new Set(Object.keys(endings)))
  })
  for (const [name, kind] of [
    ['ours', 'odradek'],
    ['Apache Kafka 3.9.1', 'apache'],
  ] as const) {
    const target = await startTarget(kind)
    try {
      for (const [example, ending] of Object.entries(endings)) {
        // Our broker has no transactions yet.
        if (kind === 'odradek' && example === 'exactly-once') continue
        await report.check(`${name}: ${example}`, async () => {
          const args = ['run', '-s', 'example', '--', example, target.bootstrap]
          assert.equal((await mustRun('npm', args, { cwd: root })).trim(), ending)
        })
      }
    } finally {
      await target.stop()
      target.remove()
    }
  }
}
