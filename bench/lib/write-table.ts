import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../../judges/lib/folders.ts'

/** Puts a table between the marks `<!-- NAME -->` and `<!-- /NAME -->` of docs/performance.md. */
export function writeTable(name: string, table: string): void {
  const file = path.join(root, 'docs', 'performance.md')
  const text = readFileSync(file, 'utf8')
  const marked = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!marked.test(text)) throw new Error(`${file} has no place for the table: <!-- ${name} --> … <!-- /${name} -->`)
  writeFileSync(
    file,
    text.replace(marked, (_, begin: string, end: string) => `${begin}\n${table}\n\n${end}`),
  )
}
