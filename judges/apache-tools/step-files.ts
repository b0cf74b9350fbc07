import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Step } from './steps.ts'

/** Writes the files that a step reads into `folder`, with the broker's log directory where they name it. */
export function writeStepFiles({ files = {} }: Step, folder: string, logDir: string): void {
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(path.join(folder, name), content.replaceAll('{logDir}', logDir))
  }
}
