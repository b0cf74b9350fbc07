export { main } from './main.ts'
export { processTerminal } from './process-terminal.ts'
