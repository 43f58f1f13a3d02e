import * as vscode from 'vscode'
import { parsePositions } from '../../language/values/positions.ts'
import { pickGroupOf } from './pickGroupOf.ts'
import type { RecordSource } from './recordSource.ts'
import { consumerSettings } from './settings.ts'
import { fromInWords, toInWords } from './words.ts'
import { STAYING } from '../pick/staying.ts'

interface Choice extends vscode.QuickPickItem {
  /** As it is written in a `.kafka` file; empty: nothing; absent: ask for it. */
  readonly value?: string
  readonly ask?: { readonly prompt: string; readonly example: string }
}

const SEPARATOR: Choice = { label: '', kind: vscode.QuickPickItemKind.Separator }

const STARTS: readonly Choice[] = [
  { label: 'Last 100', description: 'of each partition', value: 'tail(100)' },
  { label: 'Last 1,000', description: 'of each partition', value: 'tail(1000)' },
  { label: 'Last 10,000', description: 'of each partition', value: 'tail(10000)' },
  { label: 'Last 100,000', description: 'of each partition', value: 'tail(100000)' },
  SEPARATOR,
  { label: 'Earliest', description: 'everything that is still there', value: 'earliest' },
  { label: 'Latest', description: 'only what comes from now on', value: 'latest' },
  SEPARATOR,
  { label: 'Last 15 Minutes', value: 'now-15m' },
  { label: 'Last Hour', value: 'now-1h' },
  { label: 'Last Day', value: 'now-1d' },
  {
    label: 'Time…',
    ask: { prompt: 'A date, a date and a time, or a span before now', example: 'now-15m' },
  },
  SEPARATOR,
  { label: 'Offset…', ask: { prompt: 'An offset', example: '0' } },
  {
    label: 'Offset per Partition…',
    ask: { prompt: 'Partition and offset, separated by commas', example: '0:1500,1:-20,*:latest' },
  },
]

export interface Start {
  /** As it is written in a `.kafka` file. */
  readonly from: string
  /** Whose committed offsets they are. */
  readonly group?: string
}

/** Where to read from; undefined: nothing was chosen. */
export async function chooseFrom(source: RecordSource): Promise<Start | undefined> {
  const { reading } = source
  const now = reading.text.properties['from']
  const words = fromInWords(reading, consumerSettings().defaultOffset)
  const chosen = await choosePlace('Read From', [...STARTS, WHERE_A_GROUP_IS], now, words)
  if (chosen === WHERE_A_GROUP_IS) {
    const group = await pickGroupOf(source)
    return group === undefined ? undefined : { from: 'committed', group }
  }
  const from = chosen && (await valueOf(chosen, 'Read From', 'from', now))
  return from === undefined ? undefined : { from }
}

const WHERE_A_GROUP_IS: Choice = {
  label: 'Where a Group Is…',
  description: 'its committed offsets, without joining it',
}

const ENDS: readonly Choice[] = [
  { label: 'Never', description: 'new records keep coming', value: '' },
  { label: 'End as of Now', description: 'and stop there', value: 'latest' },
  SEPARATOR,
  {
    label: 'Time…',
    ask: { prompt: 'A date, a date and a time, or a span before now', example: 'now-15m' },
  },
  { label: 'Offset…', ask: { prompt: 'The first offset not to be read', example: '1500' } },
  {
    label: 'Offset per Partition…',
    ask: {
      prompt: 'Partition and first offset not to be read, separated by commas',
      example: '0:1500,1:1200,*:latest',
    },
  },
]

const AFTER_RECORDS: Choice = {
  label: 'Number of Records…',
  description: 'of all partitions together',
}

/** Where to stop, as it is written in a `.kafka` file; empty: not there. */
export interface End {
  readonly to: string
  readonly limit: string
}

/** Where to stop; undefined: nothing was chosen. */
export async function chooseTo({ reading }: RecordSource): Promise<End | undefined> {
  const { to, limit } = reading.text.properties
  const now = limit === undefined ? (to ?? '') : undefined
  const words = toInWords(reading) ?? 'never'
  const chosen = await choosePlace('Read Until', [...ENDS, AFTER_RECORDS], now, words)
  if (chosen === AFTER_RECORDS) {
    const records = await askHowMany(limit)
    return records === undefined ? undefined : { to: '', limit: records }
  }
  const place = chosen && (await valueOf(chosen, 'Read Until', 'to', to))
  return place === undefined ? undefined : { to: place, limit: '' }
}

const EXAMPLE_LIMIT = '1000'

async function askHowMany(now: string | undefined): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'Read Until',
    prompt: `How many records, such as ${EXAMPLE_LIMIT}: with a filter, of those that match`,
    ...STAYING,
    value: now ?? EXAMPLE_LIMIT,
    validateInput: input =>
      /^[1-9]\d{0,14}$/.test(input.trim()) ? undefined : 'A number of records, 1 or more.',
  })
  return text?.trim()
}

async function choosePlace(
  title: string,
  choices: readonly Choice[],
  now: string | undefined,
  words: string,
): Promise<Choice | undefined> {
  const isNow = ({ value }: Choice) => value !== undefined && value === now
  const known = choices.some(isNow)
  // Rows keep their place when one is marked: the others get an icon that is as wide.
  const items = choices.map(choice => ({
    ...choice,
    choice,
    ...(choice.kind === undefined && {
      iconPath: new vscode.ThemeIcon(isNow(choice) ? 'check' : 'blank'),
    }),
  }))
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: known ? 'Choose another place' : `Now: ${words}`,
    matchOnDescription: true,
    ...STAYING,
  })
  return chosen?.choice
}

async function valueOf(
  { value, ask }: Choice,
  title: string,
  property: 'from' | 'to',
  now: string | undefined,
): Promise<string | undefined> {
  if (!ask) return value
  const text = await vscode.window.showInputBox({
    title,
    prompt: `${ask.prompt}, such as ${ask.example}`,
    ...STAYING,
    value: now !== undefined && isLike(now, ask.example) ? now : ask.example,
    validateInput: input => {
      const parsed = parsePositions(input.trim(), property)
      return parsed.ok ? undefined : parsed.message
    },
  })
  return text?.trim()
}

/** Whether what holds now is of the kind that is asked for, so that it can be edited. */
function isLike(now: string, example: string): boolean {
  const kindOf = (text: string) =>
    /^\d+$/.test(text) ? 'offset' : /^(?:\d+|\*)\s*:/.test(text) ? 'partition' : 'time'
  return kindOf(now) === kindOf(example) && !/^(?:tail|earliest|latest|committed)/.test(now)
}
