/** The engine, and with it the CEL library, is loaded with the first run. */
export { runBlocks } from '../../run/engine.ts'
export { knownIn, newSession } from '../../run/session.ts'
