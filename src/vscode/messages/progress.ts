import * as vscode from 'vscode'
import { ProblemError } from '../../base/problem.ts'
import { CANCELLED } from '../clusters/cancelling.ts'

/** Ms before a progress with its Cancel is shown: most work is faster. */
const PATIENCE = 700

/**
 * Does something that may take long: then its progress is shown and it can be cancelled, which
 * rejects with a problem that nobody needs to be told.
 */
export async function withPatience<T>(
  title: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const ended = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => {
    void showProgress(title, controller, () => ended.promise)
  }, PATIENCE)
  try {
    return await run(controller.signal)
  } catch (error) {
    throw controller.signal.aborted ? cancelled() : error
  } finally {
    clearTimeout(timer)
    ended.resolve(undefined)
  }
}

export type Report = (message: string, percent: number | undefined) => void

/** Does something that takes long, with its progress in sight from the beginning. */
export async function withProgress<T>(
  title: string,
  run: (signal: AbortSignal, report: Report) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  try {
    return await showProgress(title, controller, progress => {
      let before = 0
      return run(controller.signal, (message, percent) => {
        const increment = percent === undefined ? 0 : Math.max(0, percent - before)
        before += increment
        progress.report({ message, increment })
      })
    })
  } catch (error) {
    throw controller.signal.aborted ? cancelled() : error
  }
}

function showProgress<T>(
  title: string,
  controller: AbortController,
  run: (progress: vscode.Progress<{ message?: string; increment?: number }>) => Promise<T>,
): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) => {
      token.onCancellationRequested(() => {
        controller.abort(cancelled())
      })
      return run(progress)
    },
  )
}

function cancelled(): ProblemError {
  return new ProblemError({ code: CANCELLED, message: 'It was cancelled.' })
}
