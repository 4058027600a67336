#!/usr/bin/env node
// A file that is there before the build, so that package managers can link it at once.
import '../dist/cli.js'
