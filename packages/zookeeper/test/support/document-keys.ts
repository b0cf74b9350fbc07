import { keysWithoutEffect, zooKeeperKeys } from '../../src/config/zookeeper-keys.ts'

/** The page of all keys of zoo.cfg, in Markdown, made from their definitions. */
export function documentZooKeeperKeys(): string {
  const rows = Object.values(zooKeeperKeys).map(
    ({ name, defaultText, range, doc }) => `| \`${name}\` | ${defaultText} | ${range} | ${doc} |`,
  )
  const others = Object.entries(keysWithoutEffect).map(([name, reason]) => `| \`${name}\` | ${reason} |`)
  return `# zoo.cfg

The keys of ZooKeeper's own configuration file that this server knows. Those that Apache's server takes as system properties may also stand
with \`zookeeper.\` before their names. A key that is not known is named in the log; a value that is wrong stops the start.

| key | default | value | what it does |
| --- | --- | --- | --- |
${rows.join('\n')}

These are understood and have no effect, which the log says too:

| key | why |
| --- | --- |
${others.join('\n')}
`
}
