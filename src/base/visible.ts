/** They move the cursor, change the colour, turn the direction of what follows, or are half a character. */
const CONTROLS =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/gu

/** The text for a terminal: characters that would do something to it are shown as `\u001b`. */
export function visible(text: string): string {
  if (text.search(CONTROLS) < 0) return text
  return text.replaceAll(
    CONTROLS,
    control => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
