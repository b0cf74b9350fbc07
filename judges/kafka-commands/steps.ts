import type { Step } from '../apache-tools/steps.ts'

const at = '--bootstrap-server {bootstrap}'

/** Steps of one tool, an argument line each, in which `@` stands for the cluster. */
export function steps(tool: string, lines: readonly string[], more: Partial<Step> = {}): Step[] {
  return lines.map((args) => ({ tool, args: args.replace('@', at), ...more }))
}
