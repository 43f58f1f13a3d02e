/**
 * The variables of a `.env` file: `NAME=value` a line, `export` before it allowed, `#` starts a
 * comment at the start of a line or after a blank. In double quotes `\n`, `\r`, `\t`, `\"` and
 * `\\` are escapes; in single quotes and backticks nothing is. A quoted value may go over several
 * lines. Other lines are left out; of a repeated name the last one counts.
 */
export function parseDotenv(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const content = text.replace(/^\ufeff/, '').replaceAll(/\r\n?/g, '\n')
  for (const { groups = {} } of content.matchAll(LINE)) {
    const { name = '', double, single, backtick, plain = '' } = groups
    values.set(name, unescaped(double) ?? single ?? backtick ?? plain.trim())
  }
  return values
}

const LINE =
  /^[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_][\w.-]*)[ \t]*=[ \t]*(?:(?:"(?<double>(?:[^"\\]|\\[\s\S])*)"|'(?<single>[^']*)'|`(?<backtick>[^`]*)`)[ \t]*(?:#.*)?$|(?<plain>(?:(?!#)(?:(?![ \t]#).)*)?))/gm

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
}

function unescaped(text: string | undefined): string | undefined {
  return text?.replaceAll(/\\([\s\S])/g, (all, char: string) => ESCAPES[char] ?? all)
}
