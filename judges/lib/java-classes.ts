import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './folders.ts'
import { installOnce } from './install-once.ts'
import { classpath, type JavaPackage } from './maven.ts'
import { mustRun } from './run-command.ts'

/** Compiles Java sources against a package, into `name` of the judges' cache; returns the class path to run them with. */
export async function javaClasses(name: string, javaPackage: JavaPackage, sources: readonly string[]): Promise<string> {
  const libraries = await classpath(javaPackage)
  const wanted = sources.map((file) => readFileSync(file, 'utf8')).join('\n')
  const classes = await installOnce(path.join('classes', name), wanted, async (folder) => {
    await mustRun('javac', ['-nowarn', '-cp', libraries, '-d', folder, ...sources])
  })
  return `${classes}${path.delimiter}${libraries}`
}

/** judges/java/*.java compiled against a package; returns the class path to run them with. */
export function compiledJudges(name: JavaPackage): Promise<string> {
  return javaClasses(name, name, globSync(path.join(root, 'judges', 'java', '*.java')))
}
