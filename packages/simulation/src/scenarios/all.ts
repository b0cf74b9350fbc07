import type { Scenario } from '../scenario.ts'
import { brokerPowerScenario, brokerScenario } from './broker.ts'
import { clientScenario } from './client.ts'
import { zookeeperPowerScenario, zookeeperScenario } from './zookeeper.ts'

/** Every scenario, by the name under which it is played. */
export const scenarios: readonly Scenario[] = [
  zookeeperScenario,
  zookeeperPowerScenario,
  brokerScenario,
  brokerPowerScenario,
  clientScenario,
]
