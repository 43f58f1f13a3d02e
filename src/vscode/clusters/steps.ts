import * as vscode from 'vscode'

/** Where a step stands in its series. */
export interface StepPlace {
  readonly title: string
  readonly step: number
  readonly totalSteps: number
}

/** What became of a step: a value, back to the one before, or given up. */
export type StepAnswer<T> = { readonly value: T } | 'back' | 'cancelled'

export interface TextStep extends StepPlace {
  readonly prompt: string
  readonly value: string
  readonly placeholder?: string
  readonly password?: boolean
  /** Say what is wrong on Enter only, so that the prompt stays in sight while typing. */
  readonly patient?: boolean
  /** What is wrong with the text, or undefined. */
  validate(value: string): string | undefined
}

/** Asks for a text. A wrong one cannot be accepted; its message shows as soon as it is typed. */
export async function askText(step: TextStep): Promise<StepAnswer<string>> {
  const input = vscode.window.createInputBox()
  input.value = step.value
  input.prompt = step.prompt
  input.placeholder = step.placeholder
  input.password = step.password ?? false
  input.onDidChangeValue(value => {
    input.validationMessage = step.patient ? undefined : step.validate(value)
  })
  return run(input, step, accept => {
    const message = step.validate(input.value)
    input.validationMessage = message
    if (message === undefined) accept(input.value)
  })
}

export interface Choice<T> extends vscode.QuickPickItem {
  readonly choice: T
}

export interface ChoiceStep<T> extends StepPlace {
  readonly placeholder: string
  readonly choices: readonly Choice<T>[]
  readonly active: (choice: T) => boolean
}

/** Asks to choose one of a few. */
export async function askChoice<T>(step: ChoiceStep<T>): Promise<StepAnswer<T>> {
  const pick = vscode.window.createQuickPick<Choice<T>>()
  pick.items = step.choices
  pick.placeholder = step.placeholder
  pick.matchOnDescription = true
  pick.activeItems = pick.items.filter(({ choice }) => step.active(choice)).slice(0, 1)
  return run(pick, step, accept => {
    const chosen = pick.selectedItems[0]
    if (chosen) accept(chosen.choice)
  })
}

interface Input extends vscode.QuickInput {
  buttons: readonly vscode.QuickInputButton[]
  readonly onDidAccept: vscode.Event<void>
  readonly onDidTriggerButton: vscode.Event<vscode.QuickInputButton>
}

function run<T>(
  input: Input,
  place: StepPlace,
  onAccept: (accept: (value: T) => void) => void,
): Promise<StepAnswer<T>> {
  input.title = place.title
  if (place.totalSteps > 1) {
    input.step = place.step
    input.totalSteps = place.totalSteps
  }
  input.ignoreFocusOut = true
  if (place.step > 1) input.buttons = [vscode.QuickInputButtons.Back]
  return new Promise(resolve => {
    const finish = (answer: StepAnswer<T>) => {
      resolve(answer)
      input.dispose()
    }
    input.onDidAccept(() => onAccept(value => finish({ value })))
    input.onDidTriggerButton(() => finish('back'))
    input.onDidHide(() => finish('cancelled'))
    input.show()
  })
}

/** A step changes the draft, or says that there is nothing to change. */
export type Step<Draft> = (draft: Draft, place: StepPlace) => Promise<StepAnswer<Draft>>

/**
 * Walks through the steps that the draft asks for, as it grows; *back* returns to the step before.
 * Undefined: given up.
 */
export async function walkSteps<Draft, Name extends string>(
  title: string,
  start: Draft,
  stepsOf: (draft: Draft) => readonly Name[],
  steps: Readonly<Record<Name, Step<Draft>>>,
): Promise<Draft | undefined> {
  let draft = start
  let at = 0
  for (;;) {
    const names = stepsOf(draft)
    const name = names[at]
    if (name === undefined) return draft
    const answer = await steps[name](draft, { title, step: at + 1, totalSteps: names.length })
    if (answer === 'cancelled') return undefined
    if (answer === 'back') at--
    else {
      draft = answer.value
      at++
    }
  }
}
