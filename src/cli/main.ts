import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { check, EXIT, type Terminal } from './check.ts'

const HELP = `Usage: kafkafile check [files|folders|globs] [--json]

  check      Parses and checks .kafka files, without any cluster.
             Without an argument: the .kafka files below the current folder.
             "-" reads standard input.

Options
  --json     One JSON object a line, one per file: blocks, ranges, properties, values, problems.
  --help     Shows this text.
  --version  Shows the version.

Exit codes: 0 passed, 1 bad options, 2 a file has an error.
`

/** Runs the command that the arguments ask for; resolves with the exit code. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const parsed = parse(args)
  if ('problem' in parsed) {
    terminal.complain(`kafkafile: ${parsed.problem}\n\n${HELP}`)
    return EXIT.badOptions
  }
  const { values, positionals } = parsed
  if (values.help) {
    await terminal.print(HELP)
    return EXIT.passed
  }
  if (values.version) {
    await terminal.print(`${version()}\n`)
    return EXIT.passed
  }
  const [command, ...files] = positionals
  if (command === 'check') return check(files, { json: values.json }, terminal)
  const problem = command === undefined ? 'Which command?' : `There is no command "${command}".`
  terminal.complain(`kafkafile: ${problem}\n\n${HELP}`)
  return EXIT.badOptions
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

/** The manifest stands beside `dist/`, and two folders above this file where it is not bundled. */
function version(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8'))
      if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
        return String(manifest.version)
      }
    } catch {
      continue
    }
  }
  return 'unknown'
}
