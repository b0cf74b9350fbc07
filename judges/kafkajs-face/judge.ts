// kafkajs's own tests with its sources replaced by `@odradek/kafkajs`, against one broker. Those that reach into what is behind kafkajs's public
// face do not count: `excluded.json` names them, each with its reason;
// `excluded-on-ours.json` those that only our broker cannot serve.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { cacheFolder, root } from '../lib/folders.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { installedSuite } from '../kafkajs-suite/install.ts'
import { judgeSuite } from '../kafkajs-suite/judge.ts'
import type { Excluded } from '../kafkajs-suite/judge.ts'
import { suiteOverOurs } from './prepare.ts'

const here = path.join(root, 'judges', 'kafkajs-face')

export async function judge(context: JudgeContext): Promise<void> {
  const folder = await suiteOverOurs(await installedSuite())
  const excluded = {
    ...read('excluded.json'),
    ...(context.target === 'odradek' ? read('excluded-on-ours.json') : {}),
  }
  const modules = path.join(cacheFolder('kafkajs-suite'), 'node_modules')
  const theirs = createRequire(path.join(modules, 'any.js'))
  await judgeSuite(context, folder, excluded, {
    testEnvironment: path.join(here, 'environment.cjs'),
    testRunner: theirs.resolve('jest-circus/runner'),
    modulePaths: [modules],
    transformIgnorePatterns: ['/node_modules/', 'odradek-face\\.js$'],
    // Whole files that do not count need not run.
    testPathIgnorePatterns: ['/node_modules/', ...filesOf(excluded)],
  })
}

function read(file: string): Excluded {
  return JSON.parse(readFileSync(path.join(here, file), 'utf8')) as Excluded
}

function filesOf(excluded: Excluded): string[] {
  const files = Object.values(excluded)
    .flat()
    .filter((each) => !each.includes(' > '))
  return files.map((file) => `/${file.replaceAll('.', '\\.')}${file.endsWith('.js') ? '$' : '/'}`)
}
