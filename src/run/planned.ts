import type { Problem } from '../base/problem.ts'
import { runnableOf } from '../language/runnable.ts'
import { settingsOf } from '../language/settings.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import type { Outcome } from '../language/values/outcome.ts'

/** What a block says as plain data, or why it cannot run as it stands. */
export type Planned<T> = { readonly plan: T } | { readonly problem: Problem }

/** Why a block does not run in this version, whatever it says; undefined: it does. */
export function notThereYet(file: KafkaFile, block: Block): Problem | undefined {
  const runnable = runnableOf(file)(block)
  return runnable.runs ? undefined : { code: 'not-there-yet', message: runnable.reason }
}

/** The value of a property that counts; an empty one says nothing. */
export function readerOf(file: KafkaFile, block: Block): (name: string) => string | undefined {
  const settings = settingsOf(file)
  return name => {
    const value = settings.one(block, name)?.value
    return value === '' ? undefined : value
  }
}

export function optional<T>(
  text: string | undefined,
  parse: (text: string) => Outcome<T>,
): Outcome<T | undefined> {
  return text === undefined ? { ok: true, value: undefined } : parse(text)
}

export function valued<T>(outcome: Outcome<T>): T | undefined {
  return outcome.ok ? outcome.value : undefined
}

export function some<K extends string, T>(name: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, T>)
}

export function integerOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

export function booleanOf(text: string | undefined): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined
}

export function invalid(message: string): { readonly problem: Problem } {
  return { problem: { code: 'invalid', message } }
}
