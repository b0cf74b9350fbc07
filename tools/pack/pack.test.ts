import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
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
import { setImmediate as immediate } from 'node:timers/promises'

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
      "import { word } from '../src/word.ts'\nprocess.stdout.write(`${word} ${process.argv.slice(1)} ${import.meta.url}`)\n",
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

  /** By the bootstrap, or the quick way that the launcher takes. Says also where this tree is: as `TREE`. */
  run(script: readonly string[], command: string): string {
    const args = [path.join(this.root, script[0] as string), ...script.slice(1), command, '--word']
    const { stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    })
    assert.equal(stderr, '')
    return stdout.replaceAll(realpathSync(this.root), 'TREE')
  }
}

const canPack = globSync(`node_modules/@esbuild/${process.platform}-${process.arch}/bin/esbuild`).length > 0

const bootstrap = ['scripts/run.mjs', entry]
const quickWay = ['scripts/start.cjs']

for (const [command, file] of [
  ['zookeeper', 'odradek.cjs'],
  ['topic', 'odradek.js'],
] as const) {
  test(
    `${command} runs from its pack, and a changed source is never run from an older one`,
    { skip: !canPack },
    (context) => {
      const tree = new Tree(context, { hasPacker: true })
      let output = ''
      // Sources that have only just been written are not packed: who knows what was read?
      for (let attempt = 0; attempt < 20 && !output.includes('.cache/pack/'); attempt++)
        output = tree.run(bootstrap, command)
      const isPacked = new RegExp(`^one TREE/${entry},${command},--word file://TREE/.cache/pack/pack-\\w+/${file}$`)
      assert.match(output, isPacked)
      assert.match(tree.run(quickWay, command), isPacked)
      const { mtimeMs } = statSync(path.join(tree.root, source))
      tree.writeWord('two')
      utimesSync(path.join(tree.root, source), mtimeMs / 1000, mtimeMs / 1000)
      assert.match(tree.run(quickWay, command), new RegExp(`^two TREE/${entry},${command},--word `))
    },
  )
}

test('what is compiled of a pack and damaged is not used', { skip: !canPack }, (context) => {
  const tree = new Tree(context, { hasPacker: true })
  tree.write(entry, "import { word } from '../src/word.ts'\nsetTimeout(() => process.stdout.write(word), 600)\n")
  const compiled = (): string[] => globSync(path.join(tree.root, '.cache/pack/pack-*/odradek.cjs.*'))
  for (let attempt = 0; attempt < 20 && compiled().length === 0; attempt++) tree.run(bootstrap, 'zookeeper')
  const [file = ''] = compiled()
  const whole = readFileSync(file)
  const damaged = Buffer.from(whole)
  damaged.fill(0xff, damaged.length / 2)
  for (const content of [damaged, whole.subarray(0, 100), Buffer.alloc(0)]) {
    writeFileSync(file, content)
    assert.equal(tree.run(quickWay, 'zookeeper'), 'one')
    assert.ok(!readFileSync(file).equals(content), 'it was made anew')
  }
})

test(
  'what a start of the ZooKeeper server has compiled serves the next; a signal stops it in good order',
  { skip: !canPack },
  async (context) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'odradek-start-'))
    context.after(() => rmSync(folder, { recursive: true }))
    writeFileSync(path.join(folder, 'zoo.cfg'), `dataDir=${folder}/data\nclientPort=0\nclientPortAddress=127.0.0.1\n`)
    const start = async (): Promise<string> => {
      const child = spawn('bin/odradek', ['zookeeper', '--config', path.join(folder, 'zoo.cfg')], {
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      context.after(() => child.kill())
      const [line] = (await once(child.stdout, 'data')) as [Buffer]
      const compiled = await newest()
      child.kill('SIGTERM')
      assert.deepEqual(await once(child, 'exit'), [0, null])
      assert.match(line.toString(), /^ZooKeeper serves 127\.0\.0\.1:\d+\n$/)
      return compiled
    }
    /** The file that V8's code is in, with the time of its last change, once there is one. */
    const newest = async (): Promise<string> => {
      for (;;) {
        const list = JSON.parse(readFileSync('.cache/pack/zookeeper.json', 'utf8')) as { folder: string }
        const [file] = globSync(`.cache/pack/${list.folder}/odradek.cjs.*-v*`).filter((name) => /-v[\d.]+$/.test(name))
        if (file !== undefined) return `${file} ${statSync(file).mtimeMs}`
        await immediate()
      }
    }
    const first = await start()
    assert.equal(await start(), first)
    assert.equal(await start(), first)
  },
)

test('the command runs from its sources where nothing can pack it', (context) => {
  const tree = new Tree(context, { hasPacker: false })
  assert.match(
    tree.run(quickWay, 'zookeeper'),
    /^one TREE\/.*\/odradek\.js,zookeeper,--word file:.*\/packages\/cli\/bin\/odradek\.js$/,
  )
})
