const httpMethods = ['GET ', 'POST', 'PUT ', 'HEAD', 'DELE', 'OPTI', 'PATC', 'CONN', 'TRAC', 'PRI ']
const zooKeeperWords = ['srvr', 'ruok', 'stat', 'mntr', 'envi', 'conf', 'cons', 'dump', 'isro', 'wchs', 'crst', 'srst']

/**
 * What the first bytes of a connection that does not speak Kafka probably are, as the end of a sentence, with the next step.
 * Undefined when nothing comes to mind.
 */
export function guessProtocol(start: Buffer): string | undefined {
  if (start.length >= 2 && start[0] === 0x16 && start[1] === 0x03) {
    return 'it looks like a TLS handshake: this listener speaks PLAINTEXT, set security.protocol=PLAINTEXT in the client'
  }
  const word = start.toString('latin1', 0, 4)
  if (httpMethods.includes(word)) return 'it looks like an HTTP request: this is the port for Kafka clients'
  if (word === 'SSH-') return 'it looks like an SSH client'
  if (zooKeeperWords.includes(word)) return 'it looks like a ZooKeeper command: this is the port for Kafka clients'
  if (/^[\x20-\x7e\r\n\t]{4}$/.test(word)) return 'it looks like text'
  return undefined
}
