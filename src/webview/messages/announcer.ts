import { count, plural } from '../../lag/format.ts'
import type { MessagesState } from '../../protocol/messages.ts'

/** Tells who hears the view what others see in the status line: how reading stands, and hints. */
export class Announcer {
  /** There before anything is said in it: what comes with its words is not always read out. */
  readonly element = document.createElement('div')
  #phase = ''

  constructor() {
    this.element.className = 'sr'
    this.element.setAttribute('role', 'status')
  }

  /** Says it once when reading goes over to something else. */
  follow(state: MessagesState): void {
    const phase = `${state.phase} ${state.startedAt ?? ''}`
    if (phase === this.#phase) return
    this.#phase = phase
    this.say(phaseInWords(state))
  }

  say(text: string): void {
    this.element.textContent = text
  }
}

/** `Done, 1,000 records read, 12 matched`. */
export function phaseInWords(state: MessagesState): string {
  const matched = state.filter === '' ? '' : `, ${count(state.recordsMatched)} matched`
  const read = `${plural(state.recordsRead, 'record')} read${matched}`
  switch (state.phase) {
    case 'connecting':
      return `Connecting to ${state.cluster}`
    case 'reading':
      return `Reading ${state.topic}`
    case 'following':
      return `Following, ${read}`
    case 'paused':
      return `Paused, ${read}`
    case 'stopped':
      return `Stopped, ${read}`
    case 'done':
      return `Done, ${read}`
    case 'failed':
      return 'Reading failed'
  }
}
