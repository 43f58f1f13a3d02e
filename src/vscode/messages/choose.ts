import * as vscode from 'vscode'
import { parsePartitions } from '../../language/values/partitions.ts'
import { parsePositions } from '../../language/values/positions.ts'

interface Choice extends vscode.QuickPickItem {
  /** As it is written in a `.kafka` file; absent: ask for it. */
  readonly value?: string
  readonly ask?: { readonly prompt: string; readonly example: string }
}

const STARTS: readonly Choice[] = [
  { label: 'Last 100', description: 'of each partition', value: 'tail(100)' },
  { label: 'Last 1,000', description: 'of each partition', value: 'tail(1000)' },
  { label: 'Last 10,000', description: 'of each partition', value: 'tail(10000)' },
  { label: 'Earliest', description: 'everything that is still there', value: 'earliest' },
  { label: 'Latest', description: 'only what comes from now on', value: 'latest' },
  { label: 'Last Hour', value: 'now-1h' },
  {
    label: 'Time…',
    ask: { prompt: 'A date, a time, or a span before now', example: 'now-15m' },
  },
  { label: 'Offset…', ask: { prompt: 'An offset', example: '1500' } },
  {
    label: 'Offset per Partition…',
    ask: { prompt: 'Partition and offset, separated by commas', example: '0:1500,1:-20,*:latest' },
  },
]

/** Where to read from, as it is written in a `.kafka` file; undefined: nothing was chosen. */
export async function chooseFrom(now: string | undefined): Promise<string | undefined> {
  const items = STARTS.map(item => (item.value === now ? { ...item, picked: true } : item))
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Read From',
    placeHolder: `Now: ${now ?? 'latest'}`,
  })
  if (!chosen?.ask) return chosen?.value
  const { prompt, example } = chosen.ask
  return vscode.window.showInputBox({
    title: 'Read From',
    prompt,
    value: example,
    validateInput: text => {
      const parsed = parsePositions(text.trim())
      return parsed.ok ? undefined : parsed.message
    },
  })
}

/** Which partitions to read; empty: all of them. */
export async function choosePartitions(now: string | undefined): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Partitions',
    prompt: 'Partitions and ranges, such as 0-3,7. Empty: all of them.',
    value: now ?? '',
    validateInput: text => {
      if (text.trim() === '') return undefined
      const parsed = parsePartitions(text)
      return parsed.ok ? undefined : parsed.message
    },
  })
}
