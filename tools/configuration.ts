// `npm run configuration`: writes the tables of docs/configuration.md anew from the definitions of the keys.
import { writeFileSync } from 'node:fs'
import {
  configurationPage,
  readConfigurationPage,
  withConfigurationTables,
} from './configuration/configuration-page.ts'

writeFileSync(configurationPage, withConfigurationTables(readConfigurationPage()))
