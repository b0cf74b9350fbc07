/** A probe's output without what differs between two runs on any server: names, times, transaction and session ids, the order of sets. */
export function normalise(output: string): string[] {
  return output.trim().split('\n').map(normaliseLine)
}

function normaliseLine(line: string): string {
  return (
    line
      // The probes name their nodes by the time.
      .replace(/\b([pw])\d{10}\b/g, '$1TIME')
      .replace(/\bzxid=0x[0-9a-f]+/g, 'zxid=ZXID')
      .replace(/^(connect \d+ \d+ \d+) 0x[0-9a-f]+/, '$1 SESSION')
      .replace(/'(czxid|mzxid|pzxid|ctime|mtime)': \d+/g, "'$1': N")
      .replace(/'ephemeralOwner': [1-9]\d+/g, "'ephemeralOwner': SESSION")
      .replace(/\('EVENT', \d+,/g, "('EVENT', ZXID,")
      .replace(/'0x[1-9a-f][0-9a-f]*'/g, "'ZXID'")
      .replace(/^(close reply \(\d+), \d+/, '$1, ZXID')
      .replace(/^multi zxid \d+/, 'multi zxid ZXID')
      .replace(/(\((?:15|5), 0(?:, '[^']*')?, )\d+/g, '$1ZXID')
      .replace(/^(setData len \d+ packet \d+ \(1, 'ZXID', 0)\)/, '$1)')
      // Bodies in hexadecimal hold times; what matters in them is printed decoded, and their length beside.
      .replace(/\brest=[0-9a-f]*/g, 'rest=')
      .replace(/'[0-9a-f]{16,}'/g, "'BODY'")
      // A set has no order.
      .replace(/\[('[^\]]*')\]/g, (_, items: string) => `[${items.split(', ').sort().join(', ')}]`)
      .replace(
        /^(whoami.*?) \[(.*)\]$/,
        (_, head: string, items: string) =>
          `${head} [${items
            .split(/(?<=\)), /)
            .sort()
            .join(', ')}]`,
      )
      // How a connection is closed while the client still sends is the system's business.
      .replace(/closed (?:Closed|ConnectionResetError|BrokenPipeError)$/, 'closed')
      // Within a tick.
      .replace(/ \d+\.\d+s\b/g, ' SECONDS')
      // What else has happened below the root.
      .replace(/^(\/ b'').*/, '$1')
  )
}
