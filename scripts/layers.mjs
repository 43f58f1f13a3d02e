/** What both ways in, the editor and the command line, are made of. */
const PARTS = [
  'base',
  'kafka',
  'lag',
  'language',
  'expression',
  'formats',
  'source',
  'run',
  'report',
  'kafkajs',
  'reading',
  'registry',
  'local',
]

/**
 * The one table of import directions: ESLint and dependency-cruiser are both made from it.
 * A folder may import itself, the folders and the packages named here, and nothing else.
 * `node:` stands for every Node built-in.
 *
 * @type {Record<string, { folders: string[], packages: string[] }>}
 */
export const LAYERS = {
  base: { folders: [], packages: [] },
  kafka: { folders: ['base'], packages: [] },
  language: { folders: ['base'], packages: [] },
  lag: { folders: ['base', 'kafka'], packages: [] },
  protocol: { folders: ['base', 'kafka', 'lag'], packages: [] },
  expression: { folders: ['base', 'kafka'], packages: ['@marcbachmann/cel-js'] },
  formats: { folders: ['base', 'kafka'], packages: ['ajv'] },
  source: { folders: ['base'], packages: [] },
  run: {
    folders: ['base', 'kafka', 'lag', 'language', 'expression', 'formats'],
    packages: ['@faker-js/faker'],
  },
  report: { folders: ['base', 'kafka', 'language', 'run'], packages: [] },
  kafkajs: { folders: ['base', 'kafka'], packages: ['kafkajs', 'node:'] },
  reading: {
    folders: ['base', 'kafka', 'expression', 'formats', 'kafkajs'],
    packages: ['hysnappy', 'fzstd', 'node:'],
  },
  registry: { folders: ['base', 'formats'], packages: ['node:'] },
  local: { folders: ['base'], packages: ['node:'] },
  sample: { folders: ['base', 'kafkajs'], packages: ['kafkajs', '@platformatic/kafka', 'node:'] },
  cli: { folders: PARTS, packages: ['node:'] },
  vscode: { folders: [...PARTS, 'protocol'], packages: ['vscode', 'node:'] },
  webview: {
    folders: ['base', 'kafka', 'lag', 'protocol'],
    packages: ['lit', 'uplot', '@vscode-elements/elements', '@vscode/codicons'],
  },
}

/** Folders whose code runs unchanged in an editor, a command line, a worker, a browser, a test. */
export const PURE = [
  'base',
  'kafka',
  'lag',
  'language',
  'expression',
  'formats',
  'source',
  'run',
  'report',
  'protocol',
]
