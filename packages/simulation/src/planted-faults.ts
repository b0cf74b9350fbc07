import type { BrokerFaults } from '@odradek/broker'
import type { ZooKeeperFaults } from '@odradek/zookeeper'

/**
 * Defects that a test plants in the servers to prove that the scenarios find such. The servers take them as an option of
 * their constructors; nothing but a test ever gives it.
 */
export interface PlantedFaults {
  readonly zookeeper?: ZooKeeperFaults
  readonly broker?: BrokerFaults
}
