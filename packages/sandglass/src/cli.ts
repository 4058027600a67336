import { main } from './cli/main'
import { processTerminal } from './cli/process-terminal'

process.exitCode = await main(process.argv.slice(2), processTerminal())
