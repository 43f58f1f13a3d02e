import type { Property } from '../tree.ts'
import { replacement, type BlockCheck } from './report.ts'

/** K207 and K208: what needs all replicas to confirm, and is told that fewer are enough. */
export function checkAcks(check: BlockCheck): void {
  const { block, settings } = check
  const acks = settings.one(block, 'acks')
  const idempotent = settings.one(block, 'idempotent')
  const transactional = settings.one(block, 'transactional-id')
  const isTransaction = transactional?.value !== undefined && transactional.value !== ''
  const isWeak = acks?.value === '0' || acks?.value === '1'
  if (isTransaction && idempotent?.value === 'false')
    reportWrong(check, 'K208', idempotent, 'true', 'A transaction needs "idempotent: true".')
  if (!isWeak) return
  if (isTransaction) reportWrong(check, 'K208', acks, 'all', 'A transaction needs "acks: all".')
  else if (idempotent?.value === 'true')
    reportWrong(check, 'K207', acks, 'all', '"idempotent: true" needs "acks: all".')
}

function reportWrong(
  { block, report }: BlockCheck,
  code: string,
  property: Property,
  wanted: string,
  message: string,
): void {
  const title = `Write "${property.name}: ${wanted}"`
  report.add(code, 'error', property.valueSpan, message, {
    block,
    fixes: [replacement(title, property.valueSpan, wanted)],
  })
}
