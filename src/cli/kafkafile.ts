#!/usr/bin/env node
import { once } from 'node:events'
import { main } from './main.ts'

/** A reader that has seen enough (`kafkafile … | head`) is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

process.exitCode = await main(process.argv.slice(2), {
  folder: process.cwd(),
  input: process.stdin,
  async print(text) {
    if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain')
  },
  complain(text) {
    process.stderr.write(text)
  },
})
