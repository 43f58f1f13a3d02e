import type * as vscode from 'vscode'
import type { Disposable } from '../../base/dispose.ts'
import type { Event } from '../../base/events.ts'
import type { RunEvent } from '../../run/events.ts'

/** What of a document is run. Blocks are places in `KafkaFile.blocks` of its text now. */
export interface WantedRun {
  /**
   * `block`: these, whatever their `-- @skip` says. `blocks`: these, those that are skipped left
   * out. `fromHere`: the first of these and all below it. `file`: all, in a new session.
   */
  readonly kind: 'block' | 'blocks' | 'fromHere' | 'file'
  readonly blocks: readonly number[]
}

export interface RunRequest {
  /** Forget what the file's session remembers: a run that has to stand alone. */
  readonly newSession?: boolean
  /** How many times a PRODUCER is to run. Default: once. */
  readonly times?: number
  /** The Testing view tells what goes wrong, at the lines where it would stand otherwise. */
  readonly inTesting?: boolean
}

/** A run that has not ended. */
export interface ActiveRun {
  readonly uri: string
  readonly ended: number
  readonly blocks: number
  stop(): void
}

/** Runs blocks of documents: the lenses, the commands and the Test Explorer all through here. */
export interface Runs extends Disposable {
  /**
   * Runs blocks of a document as its text is when this is called; also in a document that nobody
   * looks at. Each file has a session that its runs go on with (kafka-file specification, section
   * 5). What the blocks do is shown beside them. It begins when the events are asked for, throws
   * for nothing, and is stopped by the token, by `stop` and by not asking for more events.
   */
  run(
    document: vscode.TextDocument,
    what: WantedRun,
    options?: RunRequest,
    token?: vscode.CancellationToken,
  ): AsyncIterable<RunEvent>
  /** What a name stands for in the session of a document by now, secrets as `***`. */
  known(document: vscode.TextDocument, name: string): string | undefined
  /** The next run of the document starts a new session. */
  forget(document: vscode.TextDocument): void
  readonly active: readonly ActiveRun[]
  /** A run began, came further, or ended. */
  readonly onDidChange: Event<void>
  stopAll(): void
}
