/** What runs blocks, with the library of expressions: loaded while the reader's thread starts. */
export { runBlocks } from '../run/engine.ts'
export { newExpressionCheck } from '../run/expressionCheck.ts'
export { newSession } from '../run/session.ts'
