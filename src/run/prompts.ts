const SECRET =
  /pass(?:word|wd|phrase|code)|secret|token|credential|\bpass\b|\bpin\b|\b(?:api|private|access)[ _-]?key/i

/** Whether the answer to `{{$prompt label}}` is a secret, by its label: `Password of ann`. */
export function asksForSecret(label: string): boolean {
  return SECRET.test(label)
}
