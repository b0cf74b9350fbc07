import { setFlagsFromString } from 'node:v8'

/**
 * Two settings of V8 for a server that moves large buffers and shares its machine.
 *
 * Young garbage is collected by this thread alone: V8's helpers make that faster only while processors are free; else this thread waits for helpers
 * that are not running (80 to 200 ms were seen, where the work takes 2).
 *
 * The bytes of buffers count as part of the heap, whose limit grows with what lives, instead of against a fixed 64 MiB, after which V8 looks
 * through the whole heap each time. A broker that takes in 400 MB/s did that twenty times a second, for a fifth of its processor time.
 */
export function tuneGarbageCollector(): void {
  setFlagsFromString('--no-parallel-scavenge')
  const [major = 0, minor = 0] = process.versions.v8.split('.').map(Number)
  // Node 24's; an older one may not know the flag and would complain.
  if (major > 13 || (major === 13 && minor >= 6)) setFlagsFromString('--external-memory-accounted-in-global-limit')
}
