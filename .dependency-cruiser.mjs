import { LAYERS } from './scripts/layers.mjs'

/** @param {string} text */
const escape = text => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

const directions = Object.entries(LAYERS).map(([folder, { folders }]) => ({
  name: `${folder}-imports-only-its-layers`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...folders].join('|')})/` },
}))

const packages = Object.entries(LAYERS).map(([folder, layer]) => {
  const modules = layer.packages
    .filter(name => name !== 'node:')
    .map(name => `(^|node_modules/)(@types/)?${escape(name)}(/|$)`)
  return {
    name: `${folder}-imports-only-its-packages`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: {
      pathNot: ['^src/', ...modules].join('|'),
      dependencyTypesNot: layer.packages.includes('node:') ? ['core'] : [],
    },
  }
})

export default {
  forbidden: [
    ...directions,
    ...packages,
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'src-does-not-know-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.d.ts'],
    },
  },
}
