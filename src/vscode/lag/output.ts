import * as vscode from 'vscode'
import { partitionAsText, readingAsCsv, readingAsJson, readingAsText } from '../../lag/export.ts'
import { partitionName, type GroupReading } from '../../lag/reading.ts'

/** Puts the reading, or one partition of it, into the clipboard as text. */
export async function copyReading(
  reading: GroupReading,
  cluster: string,
  partition: string | undefined,
): Promise<void> {
  const one = reading.partitions.find(each => partitionName(each) === partition)
  const text = one ? partitionAsText(one, reading.at) : readingAsText(reading, cluster)
  await vscode.env.clipboard.writeText(text)
  vscode.window.setStatusBarMessage(
    one
      ? `Copied ${partitionName(one)} of ${reading.groupId}`
      : `Copied the lag of ${reading.groupId}`,
    2000,
  )
}

/** Opens the reading as an untitled document, in a format that the user picks. */
export async function openReading(reading: GroupReading, cluster: string): Promise<void> {
  const formats = [
    {
      label: 'JSON',
      description: 'everything that was read',
      language: 'json',
      content: () => readingAsJson(reading, cluster),
    },
    {
      label: 'CSV',
      description: 'one line a partition',
      language: 'plaintext',
      content: () => readingAsCsv(reading),
    },
    {
      label: 'Text',
      description: 'as it is copied',
      language: 'plaintext',
      content: () => readingAsText(reading, cluster),
    },
  ]
  const chosen = await vscode.window.showQuickPick(formats, {
    placeHolder: `Open the lag of ${reading.groupId} as`,
  })
  if (!chosen) return
  const document = await vscode.workspace.openTextDocument({
    language: chosen.language,
    content: chosen.content(),
  })
  await vscode.window.showTextDocument(document)
}
