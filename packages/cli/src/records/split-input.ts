/** The pieces of a stream of bytes between delimiters; what follows the last delimiter is a piece too, unless it is empty. */
export async function* splitInput(chunks: AsyncIterable<Uint8Array>, delimiter: Buffer): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk])
    let from = 0
    for (let at = bytes.indexOf(delimiter); at >= 0; at = bytes.indexOf(delimiter, from)) {
      yield bytes.subarray(from, at)
      from = at + delimiter.length
    }
    rest = bytes.subarray(from)
  }
  if (rest.length > 0) yield rest
}
