// kafkajs's tests run in jest 25, whose environment lacks what Node has got since.
const { createRequire } = require('module')
// Beside the jest that runs.
const NodeEnvironment = createRequire(require.main.filename)('jest-environment-node')

const names = [
  'AbortController',
  'AbortSignal',
  'DOMException',
  'Event',
  'EventTarget',
  'ReadableStream',
  'TextDecoder',
  'TextEncoder',
]

module.exports = class extends NodeEnvironment {
  constructor(config) {
    super(config)
    for (const name of [
      ...names,
      'Uint8Array',
      'ArrayBuffer',
      'fetch',
      'performance',
      'queueMicrotask',
      'structuredClone',
    ]) {
      this.global[name] = globalThis[name]
    }
  }
}
