import type { ClassicMember } from './classic-member.ts'

/**
 * The protocol of the next generation: of those that every member supports, each member votes for the one it likes best, and the
 * most votes win; with as many votes, the one that was voted for first. Undefined when there is none in common.
 */
export function selectProtocol(
  members: Iterable<Pick<ClassicMember, 'protocols'>>,
  candidates: ReadonlySet<string>,
): string | undefined {
  const votes = new Map<string, number>()
  for (const { protocols } of members) {
    const choice = protocols.find(({ name }) => candidates.has(name))
    if (choice !== undefined) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1)
  }
  let winner: string | undefined
  for (const [name, count] of votes) {
    if (winner === undefined || count > (votes.get(winner) ?? 0)) winner = name
  }
  return winner
}
