/** The version of ZooKeeper whose behaviour this server has. Clients look at it to know what they may use. */
export const zooKeeperVersion = '3.9.5-odradek'
/** In the form that clients parse behind the version. */
export const versionText = `${zooKeeperVersion}, built on 2026-02-11 20:18 UTC`
