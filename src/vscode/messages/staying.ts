/**
 * For what asks about a view of messages: the focus comes back to a webview a moment after the
 * command palette is gone, which would close what was opened meanwhile.
 */
export const STAYING = { ignoreFocusOut: true } as const
