// franz-go, from Go's module proxy, compiled here.
import path from 'node:path'
import { judgeClient } from '../../lib/client-scenario.ts'
import { cacheFolder, root } from '../../lib/folders.ts'
import type { JudgeContext } from '../../lib/judge.ts'
import { mustRun } from '../../lib/run-command.ts'

const folder = path.join(root, 'judges', 'clients', 'franz-go')

export async function judge(context: JudgeContext): Promise<void> {
  const program = path.join(cacheFolder('franz-go'), 'client')
  await mustRun('go', ['build', '-o', program, '.'], { cwd: folder, timeoutMs: 600_000 })
  await judgeClient(context, { command: program, args: [] })
}
