import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'

const entry = 'packages/cli/bin/odradek.js'
const source = 'packages/cli/src/word.ts'

/** A tree with the bootstrap and a command of two files, which prints a word. */
class Tree {
  readonly root = mkdtempSync(path.join(tmpdir(), 'odradek-pack-'))

  constructor(context: TestContext, options: { hasPacker: boolean }) {
    context.after(() => rmSync(this.root, { recursive: true }))
    cpSync('scripts', path.join(this.root, 'scripts'), { recursive: true })
    this.write('package.json', '{ "type": "module" }')
    this.write('packages/cli/package.json', '{ "type": "module" }')
    this.write('package-lock.json', '{}')
    this.write('node_modules/.odradek-lock', createHash('sha256').update('{}').digest('hex'))
    if (options.hasPacker)
      symlinkSync(path.resolve('node_modules/@esbuild'), path.join(this.root, 'node_modules/@esbuild'))
    this.write(
      entry,
      "import { word } from '../src/word.ts'\nprocess.stdout.write(`${word} ${process.argv.slice(2)} ${import.meta.url}`)\n",
    )
    this.writeWord('one')
  }

  write(file: string, content: string): void {
    mkdirSync(path.dirname(path.join(this.root, file)), { recursive: true })
    writeFileSync(path.join(this.root, file), content)
  }

  writeWord(word: string): void {
    this.write(source, `export const word: string = '${word}'\n`)
  }

  run(): string {
    const args = [path.join(this.root, 'scripts/run.mjs'), entry, 'zookeeper']
    const { stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    })
    assert.equal(stderr, '')
    return stdout
  }
}

const canPack = globSync(`node_modules/@esbuild/${process.platform}-${process.arch}/bin/esbuild`).length > 0

test(
  'the command runs from its pack, and a changed source is never run from an older one',
  { skip: !canPack },
  (context) => {
    const tree = new Tree(context, { hasPacker: true })
    let output = ''
    // Sources that have only just been written are not packed: who knows what was read?
    for (let attempt = 0; attempt < 20 && !output.includes('.cache/pack/'); attempt++) output = tree.run()
    assert.match(output, /^one zookeeper file:.*\.cache\/pack\/pack-/)
    const { mtimeMs } = statSync(path.join(tree.root, source))
    tree.writeWord('two')
    utimesSync(path.join(tree.root, source), mtimeMs / 1000, mtimeMs / 1000)
    assert.match(tree.run(), /^two zookeeper /)
  },
)

test('the command runs from its sources where nothing can pack it', (context) => {
  const tree = new Tree(context, { hasPacker: false })
  assert.match(tree.run(), /^one zookeeper file:.*\/packages\/cli\/bin\/odradek\.js$/)
})
