/** One way in which a member can be assigned work, e.g. `range`, with what the member says about itself under it. */
export interface ClassicProtocol {
  readonly name: string
  readonly metadata: Buffer
}

/** Whether two lists are the same protocols, in the same order, with the same bytes. */
export function protocolsEqual(a: readonly ClassicProtocol[], b: readonly ClassicProtocol[]): boolean {
  return (
    a.length === b.length &&
    a.every((protocol, index) => {
      const other = b[index]
      return other !== undefined && protocol.name === other.name && protocol.metadata.equals(other.metadata)
    })
  )
}

/** Copies, because what is kept for the life of a member must not hold on to a whole request's buffer. */
export function copyProtocols(protocols: readonly ClassicProtocol[]): ClassicProtocol[] {
  return protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) }))
}
