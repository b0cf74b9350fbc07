import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { ControllerDialogue } from './controller-dialogue.ts'

/**
 * Each file is one dialogue: blocks of commands, `----`, and what came of them. With REWRITE=1 in the environment the files are written anew
 * from what comes of the commands now, to be reviewed as a diff.
 */
const directory = new URL('./dialogues/', import.meta.url)
const isRewriting = process.env['REWRITE'] === '1'

for (const name of readdirSync(directory).filter((file) => file.endsWith('.txt'))) {
  test(`controller: ${name.replace('.txt', '').replaceAll('-', ' ')}`, () => {
    const file = new URL(name, directory)
    const expected = readFileSync(file, 'utf8')
    const actual = replay(expected)
    if (isRewriting) writeFileSync(file, actual)
    else assert.equal(actual, expected)
  })
}

function replay(text: string): string {
  const dialogue = new ControllerDialogue()
  const blocks = text
    .trim()
    .split(/\n\n+/)
    .map((block) => {
      const lines = block.split('\n')
      const end = lines.indexOf('----')
      const head = end < 0 ? lines : lines.slice(0, end)
      const commands = head.filter((line) => !line.startsWith('#'))
      if (commands.length === 0) return head.join('\n')
      return [...head, '----', ...commands.flatMap((line) => dialogue.run(line))].join('\n')
    })
  return `${blocks.join('\n\n')}\n`
}
