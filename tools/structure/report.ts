// `node tools/structure/report.ts`, a step of `npm run check`: what the structure rules find, and how large the files are.
import { deadFiles, effectViolations, layerViolations, oversizedFiles, readRepository, valueCycles } from './rules.ts'

const repository = readRepository()
const findings = [layerViolations, effectViolations, valueCycles, deadFiles, oversizedFiles].flatMap((rule) =>
  rule(repository).map((finding) => `${rule.name}: ${finding}`),
)
for (const finding of findings) process.stdout.write(`${finding}\n`)

const sources = [...repository.files.values()].filter((file) => !file.isTest)
const byPackage = Map.groupBy(sources, (file) => file.packageName)
process.stdout.write('package             files  lines  median  largest\n')
for (const [name, files] of byPackage) {
  const sizes = files.map((file) => file.lineCount).sort((a, b) => a - b)
  const lines = sizes.reduce((sum, size) => sum + size, 0)
  const columns = [files.length, lines, sizes[sizes.length >> 1], sizes.at(-1)].map((value, index) =>
    String(value).padStart([5, 7, 8, 9][index] as number),
  )
  process.stdout.write(`${String(name).padEnd(20)}${columns.join('')}\n`)
}
process.exitCode = findings.length === 0 ? 0 : 1
