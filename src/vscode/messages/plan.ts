import { AUTO, type Format } from '../../kafka/format.ts'
import type { ConsumerPlan } from '../../run/blocks.ts'
import { formatsOf } from './decoding.ts'
import type { Reading } from './reading.ts'

/** A plan that says how keys and values are shown. */
export interface FormattedPlan extends ConsumerPlan {
  readonly keyFormat: Format
  readonly valueFormat: Format
}

/**
 * The plan with what the view has chosen on top of it. Joining commits, which is sending: in an
 * untrusted workspace a group is only looked at.
 */
export function completePlan(
  plan: ConsumerPlan,
  reading: Reading,
  trusted: boolean,
): FormattedPlan {
  const formats = reading.decodeAs
    ? formatsOf(reading.decodeAs)
    : { key: plan.keyFormat ?? AUTO, value: plan.valueFormat ?? AUTO }
  return {
    ...plan,
    ...(!trusted && { commit: false }),
    keyFormat: formats.key,
    valueFormat: formats.value,
  }
}
