import { readFileSync } from 'node:fs'
import path from 'node:path'
import { installOnce } from './install-once.ts'
import { mustRun } from './run-command.ts'

/** The Python of a virtual environment of its own, `name` in the judges' cache, with what the file `requirements` names. */
export async function pythonEnvironment(name: string, requirements: string): Promise<string> {
  const pythonOf = (environment: string) => path.join(environment, 'bin', 'python')
  const environment = await installOnce(name, readFileSync(requirements, 'utf8'), async (folder) => {
    await mustRun('python3', ['-m', 'venv', '--clear', folder])
    await mustRun(pythonOf(folder), ['-m', 'pip', 'install', '--quiet', '-r', requirements], { timeoutMs: 600_000 })
  })
  return pythonOf(environment)
}
