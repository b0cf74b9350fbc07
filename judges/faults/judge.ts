// Faults on the real process: it is killed, stopped, runs out of disk, of file handles, loses a log directory, and its clock is set, always under load. A checker
// (franz-go) remembers every acknowledged record with its offset and reads all of them back.
import { debianPackage } from '../lib/debian-package.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { buildChecker } from './checker.ts'
import { judgeClockFaults } from './clock-faults.ts'
import { judgeDirectoryFaults } from './directory-faults.ts'
import { judgeProcessFaults } from './process-faults.ts'

const roundsDefault = 20

export async function judge({ report, target, rounds }: JudgeContext): Promise<void> {
  await debianPackage('kcat', 'kcat')
  const program = await buildChecker()
  await judgeProcessFaults(report, target, program, rounds ?? roundsDefault)
  // Apache's broker ends where ours goes on, and its log lines are others; its clock cannot be set.
  if (target !== 'odradek') return
  await judgeDirectoryFaults(report, program)
  await judgeClockFaults(report, program)
}
