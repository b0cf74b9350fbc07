/** Where the cluster is: the second argument of `npm run example -- NAME host:port`, or a broker on this machine. */
export const brokers = { 'bootstrap.servers': process.argv[3] ?? '127.0.0.1:9092' }

/** Another topic or group for every run. */
export function fresh(name: string): string {
  return `${name}-${Date.now().toString(36)}`
}
