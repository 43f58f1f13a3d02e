import * as vscode from 'vscode'
import { ProblemError } from '../../base/problem.ts'
import { bytes as bytesInWords, count, plural } from '../../lag/format.ts'
import type { CopyWhat, RecordName } from '../../protocol/messages.ts'
import { breathing } from './breathing.ts'
import { copyText, separatorOf, type CopyOptions } from './copyText.ts'
import { wholeRecords, type RecordSource } from './recordSource.ts'
import { withPatience } from './progress.ts'

/** UTF-16 units above which one is asked: a clipboard this large makes other programs slow. */
const LARGE = 10 * 1024 * 1024

/** Puts records into the clipboard, in the order of their names; returns how many there are now. */
export async function copyRecords(
  source: RecordSource,
  names: readonly RecordName[],
  what: CopyWhat,
  brokers: string,
): Promise<number> {
  if (names.length === 0) throw new ProblemError(NOTHING_CHOSEN)
  const options = { formats: source.formats, brokers }
  const { texts, problems } = await withPatience(`Copying ${records(names.length)}`, signal =>
    textsOf(source, names, what, options, signal),
  )
  const [problem] = problems
  if (texts.length === 0) throw new ProblemError({ code: 'not-copied', message: problem ?? '' })
  const text = texts.join(separatorOf(what))
  if (text.length > LARGE && !(await confirmed(text.length))) return 0
  await vscode.env.clipboard.writeText(text)
  tellCopied(what, texts.length, problems)
  return texts.length
}

async function textsOf(
  source: RecordSource,
  names: readonly RecordName[],
  what: CopyWhat,
  options: CopyOptions,
  signal: AbortSignal,
): Promise<{ readonly texts: string[]; readonly problems: string[] }> {
  const texts: string[] = []
  const problems: string[] = []
  const breathe = breathing()
  for (const record of await wholeRecords(source, names, signal)) {
    await breathe()
    signal.throwIfAborted()
    const made = copyText(what, record, options)
    if ('problem' in made) problems.push(made.problem)
    else texts.push(made.text)
  }
  return { texts, problems }
}

async function confirmed(length: number): Promise<boolean> {
  const chosen = await vscode.window.showWarningMessage(
    `The text is about ${bytesInWords(length)}. A clipboard this large can make other programs slow.`,
    'Copy',
    'Cancel',
  )
  return chosen === 'Copy'
}

const NAMES: Readonly<Record<CopyWhat, string>> = {
  value: 'value',
  key: 'key',
  record: 'record',
  row: 'row',
  producer: 'PRODUCER',
  kcat: 'kcat command',
}

function tellCopied(what: CopyWhat, copied: number, problems: readonly string[]): void {
  const [problem] = problems
  if (problem === undefined) {
    vscode.window.setStatusBarMessage(`Copied ${plural(copied, NAMES[what])}`, 2000)
    return
  }
  const left = `${count(problems.length)} of ${records(copied + problems.length)} left out`
  void vscode.window.showWarningMessage(
    `Copied ${plural(copied, NAMES[what])}, ${left}: ${problem}`,
  )
}

function records(n: number): string {
  return plural(n, 'record')
}

const NOTHING_CHOSEN = {
  code: 'no-record',
  message: 'No record is chosen.',
  advice: 'Select one or more in a view of messages.',
}
