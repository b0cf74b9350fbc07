/**
 * Milliseconds since some moment before the start of the process, with fractions. As quick as `performance.now()`, which Node has to load first: a
 * server that starts need not wait for that.
 */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
