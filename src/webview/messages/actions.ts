import type { CopyWhat, DecodeAs, MessagesHost, MessagesState } from '../../protocol/messages.ts'

/** What the controls do. */
export interface Actions {
  start(): void
  stop(): void
  pause(): void
  resume(): void
  follow(): void
  choose(what: 'topic' | 'from' | 'to' | 'partitions'): void
  read(choice: Parameters<MessagesHost['requests']['read']>[0]): void
  /** Runs another filter; empty: none. */
  filter(text: string): void
  show(change: Partial<Omit<MessagesState['shown'], 'range'>>): void
  clearRange(): void
  isolate(isolation: MessagesState['isolation']): void
  decodeAs(change: Partial<DecodeAs>): void
  toggleColumn(name: string): void
  resetColumns(): void
  jump(): void
  copy(what: CopyWhat): void
  compare(): void
  reproduce(): void
  exportRecords(what: 'shown' | 'topic' | 'selected'): void
  newProducerFile(): void
  showLog(): void
}

/** What the frame around the rows is made from. */
export interface View {
  readonly state: MessagesState
  readonly following: boolean
  readonly selected: number
  readonly now: number
}
