import { basename } from 'node:path'
import * as vscode from 'vscode'
import { ProblemError, type Problem } from '../../base/problem.ts'
import { exporter, type ExportFormat } from '../../formats/records/exporter.ts'
import type { RecordFilter } from '../../kafka/filter.ts'
import { bytes as bytesInWords, count, plural } from '../../lag/format.ts'
import type { RecordName } from '../../protocol/messages.ts'
import { chosenSteps, shownSteps, topicSteps } from './exportSteps.ts'
import { recordFilter } from './filterText.ts'
import { withProgress } from './progress.ts'
import { heldView, type RecordSource } from './recordSource.ts'
import { writeExport, type ExportStep, type Written } from './writeExport.ts'
import { STAYING } from '../pick/staying.ts'

export type ExportWhat = 'shown' | 'topic' | { readonly records: readonly RecordName[] }

/** Writes records to a file that the person chooses, with its progress in sight. */
export async function exportRecords(source: RecordSource, what: ExportWhat): Promise<void> {
  if (!vscode.workspace.isTrusted) throw new ProblemError(UNTRUSTED)
  if (what !== 'topic' && heldView(source).state.recordsShown === 0)
    throw new ProblemError(NOTHING_SHOWN)
  const filter = what === 'topic' ? await chooseFilter(source) : 'all'
  const format = filter && (await chooseFormat(source, what))
  const target = format && (await chooseFile(source, format))
  if (!filter || !format || !target) return
  const steps = (signal: AbortSignal) => stepsOf(source, what, filter, signal)
  await exportTo(source, format, target, steps)
}

/** Writes what `steps` give to a file, and tells how that went. */
export async function exportTo(
  source: RecordSource,
  format: ExportFormat,
  target: vscode.Uri,
  steps: (signal: AbortSignal) => AsyncIterable<ExportStep>,
): Promise<Written> {
  const { topic, formats } = source
  const file = basename(target.fsPath)
  const written = await withProgress(`Exporting ${topic} to ${file}`, (signal, report) =>
    writing(
      file,
      writeExport(
        target.fsPath,
        exporter(format, { topic, formats }),
        steps(signal),
        signal,
        (so, percent) => {
          report(progressInWords(so, percent), percent)
        },
      ),
    ),
  )
  void tellWritten(target, written)
  return written
}

/** What the file system refuses is told with the file's name, and in words. */
async function writing(file: string, written: Promise<Written>): Promise<Written> {
  try {
    return await written
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error
    const problem = { code: 'file', message: `${file} could not be written: ${error.message}.` }
    throw new ProblemError(problem, { cause: error })
  }
}

/** Which records of the whole topic; undefined: none was chosen. */
async function chooseFilter(source: RecordSource): Promise<RecordFilter | 'all' | undefined> {
  const { filter: text } = source.reading
  const filter = await recordFilter(text, source.formats)
  if (!filter || 'wrong' in filter || text === undefined) return 'all'
  const all = { label: `All Records of ${source.topic}`, choice: 'all' as const }
  const some = { label: 'Records That Match the Filter', description: text, choice: filter }
  const chosen = await vscode.window.showQuickPick([some, all], {
    title: `Export ${source.topic}`,
    placeHolder: 'Which records, from the earliest to the end as of now?',
    ...STAYING,
  })
  return chosen?.choice
}

const FORMATS: readonly (vscode.QuickPickItem & {
  readonly format: ExportFormat
  readonly extension: string
})[] = [
  {
    label: 'JSON Lines',
    description: '.jsonl',
    detail: 'A JSON object per record, with all of its parts.',
    format: 'jsonl',
    extension: 'jsonl',
  },
  {
    label: 'CSV',
    description: '.csv',
    detail: 'A line per record, for spreadsheets.',
    format: 'csv',
    extension: 'csv',
  },
  {
    label: 'Raw Values',
    description: '.txt',
    detail: 'The bytes of each value and a line end, nothing else.',
    format: 'raw',
    extension: 'txt',
  },
  {
    label: '.kafka Envelope',
    description: '.kafka',
    detail: 'A file that sends the same records again.',
    format: 'envelope',
    extension: 'kafka',
  },
]

async function chooseFormat(
  { topic }: RecordSource,
  what: ExportWhat,
): Promise<ExportFormat | undefined> {
  const chosen = await vscode.window.showQuickPick(FORMATS, {
    title: `Export ${inWords(what, topic)}`,
    placeHolder: 'Write them as',
    matchOnDescription: true,
    ...STAYING,
  })
  return chosen?.format
}

function inWords(what: ExportWhat, topic: string): string {
  if (what === 'topic') return topic
  return what === 'shown'
    ? `What Is Shown of ${topic}`
    : `${plural(what.records.length, 'Record')} of ${topic}`
}

async function chooseFile(
  { topic }: RecordSource,
  format: ExportFormat,
): Promise<vscode.Uri | undefined> {
  const { extension, label } = FORMATS.find(each => each.format === format) ?? { extension: 'txt' }
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri
  const name = `${topic}.${extension}`
  const target = await vscode.window.showSaveDialog({
    title: `Export ${topic}`,
    saveLabel: 'Export',
    filters: { [label ?? extension]: [extension] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
  })
  if (target && target.scheme !== 'file') throw new ProblemError(NO_FILE)
  return target
}

function stepsOf(
  source: RecordSource,
  what: ExportWhat,
  filter: RecordFilter | 'all',
  signal: AbortSignal,
): AsyncIterable<ExportStep> {
  if (what === 'topic') return wholeTopic(source, filter, signal)
  const view = heldView(source)
  return what === 'shown'
    ? standingStill(source, shownSteps(view, signal))
    : chosenSteps(view, what.records, signal)
}

async function* wholeTopic(
  source: RecordSource,
  filter: RecordFilter | 'all',
  signal: AbortSignal,
): AsyncGenerator<ExportStep> {
  const { topic, reading } = source
  const uncommitted = reading.text.properties['isolation'] === 'read_uncommitted'
  const cluster = await source.connect(signal)
  yield* topicSteps(
    cluster,
    {
      topic,
      ...(filter !== 'all' && { filter }),
      ...(uncommitted && { isolation: 'read_uncommitted' }),
    },
    signal,
  )
}

/** While records come rows change places and are dropped: reading waits until they are written. */
async function* standingStill(
  source: RecordSource,
  steps: AsyncIterable<ExportStep>,
): AsyncGenerator<ExportStep> {
  const view = heldView(source)
  const { phase } = view.state
  const paused = phase === 'reading' || phase === 'following'
  if (paused) view.pause()
  try {
    yield* steps
  } finally {
    if (paused) view.resume()
  }
}

function progressInWords({ records, bytes }: Written, percent: number | undefined): string {
  const parts = [plural(records, 'record'), bytesInWords(bytes)]
  return [...parts, ...(percent === undefined ? [] : [`${Math.floor(percent)} %`])].join(' · ')
}

/** Above it an editor would not open it well. */
const OPENED = 50 * 1024 * 1024

async function tellWritten(target: vscode.Uri, { records, errors, bytes }: Written): Promise<void> {
  const unread = errors === 0 ? '' : ` ${count(errors)} could not be read.`
  const text = `Wrote ${plural(records, 'record')} (${bytesInWords(bytes)}) to ${basename(target.fsPath)}.${unread}`
  const actions = [...(bytes <= OPENED ? ['Open'] : []), 'Reveal']
  const chosen = await vscode.window.showInformationMessage(text, ...actions)
  if (chosen === 'Open') await vscode.commands.executeCommand('vscode.open', target)
  if (chosen === 'Reveal') await vscode.commands.executeCommand('revealFileInOS', target)
}

const UNTRUSTED: Problem = {
  code: 'untrusted',
  message: 'No file is written from an untrusted workspace.',
  advice: 'Trust this workspace to export records.',
}

const NOTHING_SHOWN: Problem = {
  code: 'nothing-shown',
  message: 'The view shows no record that could be exported.',
  advice: 'Clear its filter or the range of time, or export the whole topic.',
}

const NO_FILE: Problem = {
  code: 'no-file',
  message: 'Records can be written to files only.',
  advice: 'Choose a place in the file system.',
}
