import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { root, temporaryFolder } from '../lib/folders.ts'
import { installNpm } from '../lib/install-npm.ts'

const here = path.join(root, 'judges', 'kafkajs-face')
/** Part of the tests, not of what is tested. */
const kept = /(\.spec\.js$|__snapshots__|__tests__|__fixtures__|\/fixtures\/|\/utils\/)/

interface Esbuild {
  build(options: object): Promise<{ metafile: { outputs: Record<string, { exports: string[] }> } }>
}

async function esbuild(): Promise<Esbuild> {
  const installed = await installNpm(here, 'kafkajs-face')
  return createRequire(path.join(installed, 'package.json'))('esbuild') as Esbuild
}

/** A copy of kafkajs's repository in which our modules have the place of its own. Returns its folder. */
export async function suiteOverOurs(suite: string): Promise<string> {
  const folder = path.join(temporaryFolder('kafkajs-face'), 'kafkajs')
  cpSync(suite, folder, { recursive: true, filter: (from) => !from.endsWith('.git') && !from.includes('website') })
  const source = path.join(folder, 'src')
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.js') && !kept.test(`/${file}`)) rmSync(path.join(source, file))
  }
  const bundler = await esbuild()
  const bundle = path.join(folder, 'odradek-face.js')
  const native = ['snappy', 'lz4-napi']
  await bundler.build({
    entryPoints: [path.join(here, 'face.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'es2022',
    conditions: ['source'],
    logLevel: 'error',
    define: { 'import.meta.url': JSON.stringify(import.meta.url) },
    // They have binaries, which stay where they are.
    alias: Object.fromEntries(native.map((name) => [name, createRequire(import.meta.url).resolve(name)])),
    external: native.map((name) => createRequire(import.meta.url).resolve(name)),
  })
  // jest 25 knows Node's modules without their prefix.
  writeFileSync(bundle, readFileSync(bundle, 'utf8').replaceAll('require("node:', 'require("'))
  for (const file of modulePaths()) {
    const target = path.join(source, file)
    mkdirSync(path.dirname(target), { recursive: true })
    const up = path.relative(path.dirname(target), bundle)
    writeFileSync(target, `module.exports = require('./${up}').modules['${file}']\n`)
  }
  writeFileSync(path.join(folder, 'index.js'), "module.exports = require('./odradek-face.js').index\n")
  return folder
}

/** As face.ts lists them. */
function modulePaths(): string[] {
  return [...readFileSync(path.join(here, 'face.ts'), 'utf8').matchAll(/^ {2}'([^']+\.js)':/gm)].map(
    ([, file]) => file as string,
  )
}
