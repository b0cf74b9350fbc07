import { OdradekError } from '@odradek/base'

/** A tool was asked wrongly (USAGE: its options are printed too), or found that it cannot do it (REFUSED). The message is what Kafka's tool says. */
export class ToolError extends OdradekError<'USAGE' | 'REFUSED'> {}

/** Throws for an action that is asked for with what does not belong to it, in the words that Kafka's tools have for it. */
export function refuseTogether(has: (name: string) => boolean, used: string, others: readonly string[]): void {
  if (!has(used)) return
  const other = others.find(has)
  if (other !== undefined) throw new ToolError('USAGE', `Option "[${used}]" can't be used with option "[${other}]"`)
}
