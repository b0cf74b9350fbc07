import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { GroupDialogue } from './group-dialogue.ts'

/**
 * Each file is one dialogue: blocks of a command, `----`, and what came of it. With REWRITE=1 in the environment the files are written anew
 * from what comes of the commands now, to be reviewed as a diff.
 */
const directory = new URL('./dialogues/', import.meta.url)
const isRewriting = process.env['REWRITE'] === '1'

for (const name of readdirSync(directory).filter((file) => file.endsWith('.txt'))) {
  test(`groups: ${name.replace('.txt', '').replaceAll('-', ' ')}`, async () => {
    const file = new URL(name, directory)
    const expected = readFileSync(file, 'utf8')
    const actual = await replay(expected)
    if (isRewriting) writeFileSync(file, actual)
    else assert.equal(actual, expected)
  })
}

async function replay(text: string): Promise<string> {
  const dialogue = new GroupDialogue()
  const blocks: string[] = []
  for (const block of text.trim().split(/\n\n+/)) {
    const lines = block.split('\n')
    const end = lines.indexOf('----')
    const head = end < 0 ? lines : lines.slice(0, end)
    const outcome: string[] = []
    for (const line of head) if (!line.startsWith('#')) outcome.push(...(await dialogue.run(line)))
    blocks.push(outcome.length === 0 ? head.join('\n') : [...head, '----', ...outcome].join('\n'))
  }
  return `${blocks.join('\n\n')}\n`
}
