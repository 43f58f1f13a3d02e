/** How a node looks, in VS Code's terms but without VS Code. */
export interface Presentation {
  readonly label: string
  readonly description?: string
  /** A codicon, and a theme colour where it says something. */
  readonly icon: { readonly id: string; readonly color?: string }
  /** Parts joined by colons; menus ask for the first, or for a part. */
  readonly contextValue: string
  readonly expandable: boolean
  /** Run by a click, with the node. */
  readonly command?: { readonly id: string; readonly title: string }
}

export const ERROR = 'list.errorForeground'
export const WARNING = 'list.warningForeground'

/** The parts of a description; what does not apply is left out. */
export function join(...parts: readonly (string | undefined | false)[]): string {
  return parts.filter(Boolean).join(' · ')
}

/** A folder of the tree. */
export function branch(
  label: string,
  icon: string,
  contextValue: string,
  description: string | undefined,
): Presentation {
  return {
    label,
    icon: { id: icon },
    contextValue,
    expandable: true,
    ...(description !== undefined && { description }),
  }
}
