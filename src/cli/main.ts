import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseMessage } from './badOptions.ts'
import { check } from './check.ts'
import { EXIT, type Surroundings } from './terminal.ts'

const HELP = `Usage: kafkafile check [files|folders|globs] [--json]
       kafkafile run [files|folders|globs] --brokers host:port [options]
       kafkafile peek TOPIC --brokers host:port [options]
       kafkafile lag [GROUP…] --brokers host:port [options]

  check      Parses and checks .kafka files, without any cluster.
             Without an argument: the .kafka files below the current folder.
             "-" reads standard input.
  run        Runs .kafka files: sends, reads, and checks what is expected. "kafkafile run --help"
             shows its options.
  peek       Prints the records of a topic. "kafkafile peek --help" shows its options.
  lag        Tells how far groups are behind. "kafkafile lag --help" shows its options.

Options
  --json     check: one JSON object a line, one per file: blocks, ranges, properties, values,
             problems.
  --help     Shows this text.
  --version  Shows the version.

Exit codes: 0 passed, 1 bad options, 2 a file has an error, 3 a run-time error,
4 an EXPECT failed, 130 ended by Ctrl-C, 143 ended by SIGTERM.
`

const COMMANDS = ['check', 'run', 'peek', 'lag']

/** Runs the command that the arguments ask for; resolves with the exit code. */
export async function main(args: readonly string[], around: Surroundings): Promise<number> {
  const at = args.findIndex(arg => COMMANDS.includes(arg))
  const others = args.toSpliced(at, 1)
  // They bring the client and all it needs: `check` does without.
  if (args[at] === 'run') return (await import('./run.ts')).run(others, around)
  if (args[at] === 'peek') return (await import('./peek.ts')).peek(others, around)
  if (args[at] === 'lag') return (await import('./lag.ts')).lag(others, around)
  return mainWithoutCluster(args, around)
}

async function mainWithoutCluster(args: readonly string[], around: Surroundings): Promise<number> {
  const parsed = parse(args)
  if ('problem' in parsed) {
    around.complain(`kafkafile: ${parsed.problem}\n\n${HELP}`)
    return EXIT.badOptions
  }
  const { values, positionals } = parsed
  if (values.help) {
    await around.print(HELP)
    return EXIT.passed
  }
  if (values.version) {
    await around.print(`${version()}\n`)
    return EXIT.passed
  }
  const [command, ...files] = positionals
  if (command === 'check') return check(files, { json: values.json }, around)
  const problem = command === undefined ? 'Which command?' : `There is no command "${command}".`
  around.complain(`kafkafile: ${problem}\n\n${HELP}`)
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
    return { problem: parseMessage(error) }
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
