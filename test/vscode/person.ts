import * as vscode from 'vscode'

/** What somebody would answer; undefined: Escape. */
export interface Answers {
  input?(options: vscode.InputBoxOptions): string | undefined
  /** To a message, modal or not, that offers something. */
  button?(message: string, offered: readonly string[]): string | undefined
  pick?(labels: readonly string[]): string | undefined
  /** Whether the Cancel of a progress is pressed. */
  cancel?(title: string): boolean
}

/** Somebody at the editor, who answers what a test says and remembers what there was to read. */
export interface Person {
  readonly inputs: readonly vscode.InputBoxOptions[]
  readonly messages: readonly string[]
  readonly picks: readonly (readonly string[])[]
  readonly progresses: readonly string[]
  leave(): void
}

/**
 * Dialogs cannot be clicked in a test's editor, which refuses to show them: what the extension
 * calls is replaced, as suite and extension share one `vscode`.
 */
export function person(answers: Answers = {}): Person {
  const inputs: vscode.InputBoxOptions[] = []
  const messages: string[] = []
  const picks: string[][] = []
  const progresses: string[] = []
  const message = (text: string, ...rest: unknown[]) => {
    messages.push(text)
    const offered = rest.filter(each => typeof each === 'string')
    return Promise.resolve(offered.length > 0 ? answers.button?.(text, offered) : undefined)
  }
  const replacements = {
    showInputBox: (options: vscode.InputBoxOptions) => {
      inputs.push(options)
      return Promise.resolve(answers.input?.(options))
    },
    showQuickPick: async (given: Promise<readonly vscode.QuickPickItem[]>) => {
      const items = await given
      const labels = items.map(({ label }) => label)
      picks.push(labels)
      const chosen = answers.pick?.(labels)
      return items.find(({ label }) => label === chosen)
    },
    withProgress: async (
      { title = '' }: vscode.ProgressOptions,
      run: (progress: object, token: vscode.CancellationToken) => Thenable<unknown>,
    ) => {
      progresses.push(title)
      const source = new vscode.CancellationTokenSource()
      const running = run({ report: () => undefined }, source.token)
      if (answers.cancel?.(title)) source.cancel()
      return running
    },
    showErrorMessage: message,
    showWarningMessage: message,
    showInformationMessage: message,
  }
  const before = Object.keys(replacements).map(
    name => [name, Reflect.get(vscode.window, name) as unknown] as const,
  )
  for (const [name, replacement] of Object.entries(replacements))
    Reflect.set(vscode.window, name, replacement)
  return {
    inputs,
    messages,
    picks,
    progresses,
    leave() {
      for (const [name, original] of before) Reflect.set(vscode.window, name, original)
    },
  }
}
