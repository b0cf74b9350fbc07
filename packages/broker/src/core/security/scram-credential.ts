/** A SCRAM mechanism (RFC 5802) as Kafka numbers it (KIP-554), and what it asks of a credential. */
export interface ScramMechanism {
  readonly type: number
  /** As it stands in ZooKeeper. */
  readonly name: string
  readonly hash: 'sha256' | 'sha512'
  readonly iterationsMin: number
}

export const scramMechanisms: readonly ScramMechanism[] = [
  { type: 1, name: 'SCRAM-SHA-256', hash: 'sha256', iterationsMin: 4096 },
  { type: 2, name: 'SCRAM-SHA-512', hash: 'sha512', iterationsMin: 4096 },
]

/** More would keep a broker busy at each log-in. */
export const scramIterationsMax = 16_384

export function scramMechanismOf(type: number): ScramMechanism | undefined {
  return scramMechanisms.find((mechanism) => mechanism.type === type)
}

/** A credential as Kafka keeps it in a user's znode: what proves a password, not the password. `saltedPassword` has at least one byte. */
export function scramCredentialText(
  { hash }: ScramMechanism,
  { salt, saltedPassword, iterations }: { salt: Buffer; saltedPassword: Buffer; iterations: number },
): string {
  const { createHash, createHmac } = process.getBuiltinModule('node:crypto')
  const keyOf = (text: string): Buffer => createHmac(hash, saltedPassword).update(text).digest()
  const storedKey = createHash(hash).update(keyOf('Client Key')).digest('base64')
  const serverKey = keyOf('Server Key').toString('base64')
  return `salt=${salt.toString('base64')},stored_key=${storedKey},server_key=${serverKey},iterations=${iterations}`
}

/** How often the password of a stored credential was hashed; undefined when the text is no credential. */
export function scramIterationsOf(text: string): number | undefined {
  const match = /^salt=[^,]*,stored_key=[^,]*,server_key=[^,]*,iterations=(\d{1,9})$/.exec(text)
  return match === null ? undefined : Number(match[1])
}
