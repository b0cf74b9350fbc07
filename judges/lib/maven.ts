import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cacheFolder, root } from './folders.ts'
import { mustRun } from './run-command.ts'

export type JavaPackage =
  | 'kafka-3.9.1'
  | 'clients-3.9.1'
  | 'clients-4.3.1'
  | 'kafka-4.3.1'
  | 'zookeeper-3.9.5'
  | 'curator-5.9.0'

/** The class path of a package in judges/java, downloaded by Maven when it is not there yet. */
export async function classpath(name: JavaPackage): Promise<string> {
  const pom = path.join(root, 'judges', 'java', name, 'pom.xml')
  const folder = cacheFolder(path.join('maven', name))
  const stamp = path.join(folder, 'installed-from.xml')
  const wanted = readFileSync(pom, 'utf8')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    process.stderr.write(`judges: getting ${name} by Maven …\n`)
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies'
    await mustRun('mvn', ['-q', '-B', '-f', pom, goal, '-DincludeScope=runtime', `-DoutputDirectory=${folder}`], {
      timeoutMs: 600_000,
    })
    writeFileSync(stamp, wanted)
  }
  return path.join(folder, '*')
}

/** Compiles judges/java/*.java against a package; returns the class path to run them with. */
export async function compiledJudges(name: JavaPackage): Promise<string> {
  const libraries = await classpath(name)
  const classes = cacheFolder(path.join('classes', name))
  mkdirSync(classes, { recursive: true })
  const sources = globSync(path.join(root, 'judges', 'java', '*.java'))
  await mustRun('javac', ['-nowarn', '-cp', libraries, '-d', classes, ...sources])
  return `${classes}${path.delimiter}${libraries}`
}
