import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, test } from 'node:test'
import { takeLock } from './lock-file.ts'

const directory = mkdtempSync(`${tmpdir()}/odradek-lock-`)
after(() => rmSync(directory, { recursive: true, force: true }))

test('a lock keeps another process out, and is free once its process was killed', async () => {
  const path = `${directory}/.lock`
  const program = `import { takeLock } from ${JSON.stringify(new URL('./lock-file.ts', import.meta.url).href)}
    takeLock(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000)`
  const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program]
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  assert.throws(() => takeLock(path), { code: 'LOCKED', message: new RegExp(`process ${child.pid} holds it`) })
  child.kill('SIGKILL')
  await once(child, 'exit')
  takeLock(path).release()
})

test('a file that names nobody, or a process of another boot, does not keep us out', () => {
  const path = `${directory}/stale`
  for (const stale of ['', 'nonsense', `${process.pid} 1 other-boot\n`]) {
    writeFileSync(path, stale)
    const lock = takeLock(path)
    assert.match(readFileSync(path, 'latin1'), new RegExp(`^${process.pid} `))
    lock.release()
  }
})
