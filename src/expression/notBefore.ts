import type { ASTNode } from '@marcbachmann/cel-js'

/**
 * A time, ms since the epoch, such that a condition holds for no record before it; undefined where
 * nothing is known. `timestamp >= 1760000000000 && value.x > 1` gives 1760000000000. Sound, not
 * complete: of most conditions nothing is known.
 */
export function notBefore(condition: ASTNode): number | undefined {
  const { op } = condition
  if (op === '&&') return latest(condition.args.map(notBefore))
  if (op === '||') return earliest(condition.args.map(notBefore))
  if (op === '>=' || op === '>' || op === '==') {
    const [left, right] = condition.args
    return isTimestamp(left) ? timeOf(right) : undefined
  }
  if (op !== '<=' && op !== '<') return undefined
  const [left, right] = condition.args
  return isTimestamp(right) ? timeOf(left) : undefined
}

function latest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter(time => time !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  return times.reduce((least, time) =>
    least === undefined || time === undefined ? undefined : Math.min(least, time),
  )
}

function isTimestamp(node: ASTNode): boolean {
  return node.op === 'id' && node.args === 'timestamp'
}

/** `1760000000000`, or `timestamp("2026-01-31T10:00:00Z")`. */
function timeOf(node: ASTNode): number | undefined {
  if (node.op === 'value') return typeof node.args === 'bigint' ? Number(node.args) : undefined
  if (node.op !== 'call' || node.args[0] !== 'timestamp') return undefined
  const [text] = node.args[1]
  if (text?.op !== 'value' || typeof text.args !== 'string') return undefined
  const time = Date.parse(text.args)
  return Number.isNaN(time) ? undefined : time
}
