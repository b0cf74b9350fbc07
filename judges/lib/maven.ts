import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './folders.ts'
import { installOnce } from './install-once.ts'
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
  const libraries = await installOnce(path.join('maven', name), readFileSync(pom, 'utf8'), async (folder) => {
    process.stderr.write(`judges: getting ${name} by Maven …\n`)
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies'
    await mustRun('mvn', ['-q', '-B', '-f', pom, goal, '-DincludeScope=runtime', `-DoutputDirectory=${folder}`], {
      timeoutMs: 600_000,
    })
  })
  return path.join(libraries, '*')
}
