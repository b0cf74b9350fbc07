// Waits for what a program is to come to.
const waitMs = 20_000

/** Resolves with what `look` returns, as soon as that is something. */
exports.until = async (what, look) => {
  for (const endMs = Date.now() + waitMs; Date.now() < endMs;) {
    const found = await look()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`it did not come to: ${what}`)
}
