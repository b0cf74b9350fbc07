// Each type that kafkajs 2.2.4 exports beside ours of that name: what has the one can be given where the other is wanted, in both directions.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../lib/folders.ts'
import type { Report } from '../lib/report.ts'
import { runCommand } from '../lib/run-command.ts'

/** Where kafkajs's own types say less than what it has at run time, or a class cannot be another one. */
const expected: Readonly<Record<string, string>> = {
  'Kafka, theirs as ours': 'a class with private members',
  'KafkaJSDeleteTopicRecordsError, theirs as ours': 'its types leave `partitions` out',
}

/** The names that an index.d.ts exports, with what each is. */
function exportsOf(types: string): { kind: string; name: string; isGeneric: boolean }[] {
  const found = types.matchAll(/^export (type|interface|class|enum|const|var) (\w+)(<)?/gm)
  return [...found].map(([, kind = '', name = '', generic]) => ({ kind, name, isGeneric: generic !== undefined }))
}

/** A line of TypeScript for each comparison, and what it compares. */
function comparisons(types: string): { what: string; line: string }[] {
  return exportsOf(types).flatMap(({ kind, name, isGeneric }) => {
    const isValue = kind === 'const' || kind === 'var'
    const of = (side: string): string => `${isValue ? 'typeof ' : ''}${side}.${name}${isGeneric ? '<unknown>' : ''}`
    const compare = (what: string, wanted: string, given: string) => ({
      what: `${name}, ${what}`,
      line: `check<${wanted}>(0 as unknown as ${given})`,
    })
    const made = (side: string): string => `ConstructorParameters<typeof ${side}.${name}>`
    return [
      compare('ours as theirs', of('Theirs'), of('Ours')),
      compare('theirs as ours', of('Ours'), of('Theirs')),
      ...(kind === 'class' ? [compare('made of the same', made('Ours'), made('Theirs'))] : []),
    ]
  })
}

/** In `folder`, where kafkajs is `kafkajs-original`. */
export async function judgeTypes(report: Report, folder: string): Promise<void> {
  const theirs = path.join(folder, 'node_modules', 'kafkajs-original')
  const all = comparisons(readFileSync(path.join(theirs, 'types', 'index.d.ts'), 'utf8'))
  await report.check(`types: ${all.length} comparisons of each exported name with kafkajs's`, async () => {
    assert.ok(all.length > 300, 'there are more types than that')
    const header = [
      "import type * as Theirs from 'kafkajs-original'",
      `import type * as Ours from ${JSON.stringify(path.join(root, 'packages', 'kafkajs', 'src', 'index.ts'))}`,
      'declare function check<Wanted>(given: Wanted): void',
    ]
    writeFileSync(path.join(folder, 'types.ts'), [...header, ...all.map(({ line }) => line)].join('\n'))
    const options = { incremental: false, exactOptionalPropertyTypes: false, types: ['node'] }
    const compilerOptions = { ...options, typeRoots: [path.join(root, 'node_modules', '@types')] }
    const config = { extends: path.join(root, 'tsconfig.json'), compilerOptions, include: ['types.ts'] }
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config))
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}')
    const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const { stdout } = await runCommand(process.execPath, [compiler, '--pretty', 'false', '-p', folder])
    const differences = stdout
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith(' '))
      .map((line) => {
        const at = /types\.ts\((\d+),/.exec(line)
        return { what: at === null ? '' : (all[Number(at[1]) - 1 - header.length]?.what ?? ''), line }
      })
    const unexpected = differences.filter(({ what }) => expected[what] === undefined)
    assert.deepEqual(
      unexpected.map(({ what, line }) => `${what}: ${line}`),
      [],
    )
    assert.deepEqual(differences.map(({ what }) => what).toSorted(), Object.keys(expected).toSorted())
  })
}
