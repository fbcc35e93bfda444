// Runs the browser tests one file after the other: each starts a server and a browser of its own.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'

const here = import.meta.dirname
mkdirSync(path.resolve(here, '../../test-results'), { recursive: true })
const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=1', '--test-timeout=240000', `${here}/`], { stdio: 'inherit' })
process.exit(status ?? 1)
