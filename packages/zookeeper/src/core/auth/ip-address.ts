/** The bytes of a textual IPv4 or IPv6 address, or undefined when it is none. */
export function ipAddressBytes(text: string): Uint8Array | undefined {
  return text.includes(':') ? ipv6Bytes(text) : ipv4Bytes(text)
}

function ipv4Bytes(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined
  return Uint8Array.from(parts, Number)
}

function ipv6Bytes(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const given = head.length + tail.length
  if (halves.length === 1 ? given !== 8 : given >= 8) return undefined
  if (![...head, ...tail].every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined
  const parts = [...head, ...Array.from({ length: 8 - given }, () => '0'), ...tail].map((part) =>
    Number.parseInt(part, 16),
  )
  return Uint8Array.from(parts.flatMap((part) => [part >> 8, part & 0xff]))
}

/** An address, or a block of them as `address/bits`, as in an ACL of the scheme ip. */
export interface AddressBlock {
  readonly bytes: Uint8Array
  readonly bits: number
}

export function parseAddressBlock(text: string): AddressBlock | undefined {
  const [address = '', bitsText, ...rest] = text.split('/')
  const bytes = ipAddressBytes(address)
  if (bytes === undefined || rest.length > 0) return undefined
  if (bitsText === undefined) return { bytes, bits: bytes.length * 8 }
  const bits = /^\d{1,3}$/.test(bitsText) ? Number(bitsText) : Number.NaN
  return bits <= bytes.length * 8 ? { bytes, bits } : undefined
}

export function addressBlockHolds(block: AddressBlock, address: string): boolean {
  const bytes = ipAddressBytes(address)
  if (bytes === undefined || bytes.length !== block.bytes.length) return false
  for (let index = 0, bits = block.bits; bits > 0; index++, bits -= 8) {
    const mask = bits >= 8 ? 0xff : 0xff << (8 - bits)
    if ((((bytes[index] as number) ^ (block.bytes[index] as number)) & mask) !== 0) return false
  }
  return true
}
