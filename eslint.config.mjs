import tseslint from 'typescript-eslint'
import { LAYERS, PURE } from './scripts/layers.mjs'

/** @param {string} text */
const escape = text => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** How deep folders nest below `src/<layer>`: a relative path's meaning depends on it. */
const DEPTHS = [0, 1, 2]

/**
 * The import rule for the files `depth` folders below `src/<folder>`, made from the table that
 * dependency-cruiser reads too.
 *
 * @param {string} folder
 * @param {number} depth
 * @returns {import('eslint').Linter.RulesRecord}
 */
function importsOf(folder, depth) {
  const layer = LAYERS[folder]
  if (!layer) throw new Error(`no layer named ${folder}`)
  const others = Object.keys(LAYERS).filter(
    name => name !== folder && !layer.folders.includes(name),
  )
  const packages = layer.packages.map(name => (name === 'node:' ? 'node:' : `${escape(name)}(/|$)`))
  const outside = packages.length > 0 ? `^(?!\\.|${packages.join('|')})` : '^(?!\\.)'
  const patterns = [
    {
      regex: `^(\\.\\./){${depth + 1}}(${others.join('|')})/`,
      message: `src/${folder} may import only ${[folder, ...layer.folders].join(', ')}.`,
    },
    {
      regex: outside,
      message: `src/${folder} may use only these packages: ${layer.packages.join(', ') || 'none'}.`,
    },
  ]
  return { 'no-restricted-imports': ['error', { patterns }] }
}

export default tseslint.config(
  { ignores: ['dist/', 'out/', '.cache/', 'node_modules/', 'examples/', '**/*.mjs'] },
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  ...Object.keys(LAYERS).flatMap(folder =>
    DEPTHS.map(depth => ({
      files: [`src/${folder}/${'*/'.repeat(depth)}*.ts`],
      rules: importsOf(folder, depth),
    })),
  ),
  {
    files: PURE.map(folder => `src/${folder}/**/*.ts`),
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='Date'][property.name='now']",
          message: 'The core reads no clock: take `now` as an argument.',
        },
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'The core reads no clock: take `now` as an argument.',
        },
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: 'The core rolls no dice: take randomness as an argument.',
        },
      ],
    },
  },
  {
    files: ['scripts/**', 'src/cli/**', 'src/sample/**', 'test/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
)
