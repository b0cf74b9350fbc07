/** Says where the bytes that we wrote begin to differ, or nothing. */
export function bytesDifference(written: Buffer, expected: Buffer): string | undefined {
  if (written.equals(expected)) return undefined
  let at = 0
  while (at < written.length && written[at] === expected[at]) at++
  const part = (bytes: Buffer): string => bytes.subarray(at, at + 16).toString('hex')
  return `encoded again, ${written.length} bytes instead of ${expected.length} differ from byte ${at} on: ${part(written)} instead of ${part(expected)}`
}
