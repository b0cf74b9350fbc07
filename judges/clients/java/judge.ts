// Apache's Java client, from Maven Central, in two versions.
import { judgeClient } from '../../lib/client-scenario.ts'
import type { JudgeContext, JudgeModule } from '../../lib/judge.ts'
import { compiledJudges } from '../../lib/java-classes.ts'

/** The judge for one version. */
export function javaJudge(name: 'clients-3.9.1' | 'clients-4.3.1'): JudgeModule {
  return {
    async judge(context: JudgeContext): Promise<void> {
      const libraries = await compiledJudges(name)
      const args = ['-Xmx384m', '-XX:+UseSerialGC', '-cp', libraries, 'Client']
      await judgeClient(context, { command: 'java', args })
    },
  }
}
