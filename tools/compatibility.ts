// `npm run compatibility`: writes the table of docs/compatibility.md anew from the handlers of the broker.
import { writeFileSync } from 'node:fs'
import { compatibilityPage, readCompatibilityPage, withCompatibilityTable } from './compatibility/compatibility-page.ts'

writeFileSync(compatibilityPage, withCompatibilityTable(readCompatibilityPage()))
