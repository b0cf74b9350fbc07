import type { Assignor } from './assignor.ts'
import { rangeAssignor } from './range-assignor.ts'
import { uniformAssignor } from './uniform-assignor.ts'

const assignors = new Map<string, Assignor>([
  ['uniform', uniformAssignor],
  ['range', rangeAssignor],
])

/** The assignor of that name. A name that an earlier configuration allowed and nobody knows any more is taken for `uniform`. */
export function assignorNamed(name: string): Assignor {
  return assignors.get(name) ?? uniformAssignor
}

/** The short name of an assignor that is named as a class of Kafka. */
export function assignorShortName(name: string): string {
  const known = /^org\.apache\.kafka\.coordinator\.group\.assignor\.(Uniform|Range)Assignor$/.exec(name)?.[1]
  return known?.toLowerCase() ?? name
}
