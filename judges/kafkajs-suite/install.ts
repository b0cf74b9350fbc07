// kafkajs's own tests with what they run on. Its package on npm holds none of them, so its repository is cloned: of all that judges
// run, only this is in no package registry, and whoever has no way to a public git host names a copy of the repository in KAFKAJS_REPOSITORY.
import { existsSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { cacheFolder, root } from '../lib/folders.ts'
import { mustRun } from '../lib/run-command.ts'
import { installNpm } from '../lib/install-npm.ts'

const source = {
  repository: 'https://github.com/tulios/kafkajs.git',
  tag: 'v2.2.4',
  commit: 'c08472878724ce5fc62a9a9aa865255d7e7682a6',
}
const here = path.join(root, 'judges', 'kafkajs-suite')

/**
 * Gets what is not there yet; returns the folder of the repository of kafkajs 2.2.4. jest and all else that its tests ask for is in
 * `node_modules` beside it.
 *
 * @throws if the repository cannot be had, with what to do about it
 */
export async function installedSuite(): Promise<string> {
  const cache = cacheFolder('kafkajs-suite')
  const suite = path.join(cache, 'kafkajs')
  if (!existsSync(suite)) await clone(suite)
  // What the tests need, at the versions of kafkajs's own lock file, without what only its authors need.
  await installNpm(here, 'kafkajs-suite')
  return suite
}

async function clone(folder: string): Promise<void> {
  const repository = process.env['KAFKAJS_REPOSITORY'] ?? source.repository
  const coming = `${folder}-coming`
  rmSync(coming, { recursive: true, force: true })
  try {
    await mustRun(
      'git',
      ['-c', 'advice.detachedHead=false', 'clone', '-q', '-b', source.tag, '--', repository, coming],
      { timeoutMs: 300_000, env: { GIT_TERMINAL_PROMPT: '0' } },
    )
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    throw new Error(
      `kafkajs's tests are in its repository alone, and ${repository} cannot be cloned from here. Set KAFKAJS_REPOSITORY to a copy that can.\n${cause}`,
    )
  }
  const commit = (await mustRun('git', ['rev-parse', 'HEAD'], { cwd: coming })).trim()
  if (commit !== source.commit) throw new Error(`${source.tag} of ${repository} is not what it was: ${commit}`)
  renameSync(coming, folder)
}
