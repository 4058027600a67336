// `npm test`: installs, builds, then runs every check and test. Fails when any of them does.
// With words after `--`, only the tests in files whose path contains one of them: npm test -- packages/core/src/layers
import { setup } from './setup.mjs'
import { runSuite, runTests } from './suite.mjs'
import { createTally } from './tally.mjs'

setup()
const paths = process.argv.slice(2)
const tally = createTally()
if (paths.length) runTests(tally, 'tests', paths)
else runSuite(tally)
tally.finish()
