// Loaded by jest before each of kafkajs's test files. The tests connect to fixed ports of this machine: connections to one that
// KAFKAJS_SUITE_PORTS has go to the port that it says there instead.
const net = require('net')
const tls = require('tls')

const ports = JSON.parse(process.env.KAFKAJS_SUITE_PORTS)
const redirected = Symbol.for('kafkajs-suite.redirected')

for (const network of [net, tls]) {
  const { connect } = network
  if (connect[redirected] !== undefined) continue
  network.connect = (options, ...rest) => {
    const port = typeof options === 'object' && options.host === 'localhost' ? ports[options.port] : undefined
    return connect(port === undefined ? options : { ...options, host: '127.0.0.1', port }, ...rest)
  }
  network.connect[redirected] = true
}
