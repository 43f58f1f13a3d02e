/** The CEL library is loaded with the first filter, not when the extension is activated. */
export { filterOf } from '../../expression/filterField.ts'
export { newExpressionCheck } from '../../run/expressionCheck.ts'
