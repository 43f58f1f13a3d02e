import assert from 'node:assert/strict'
import { build } from 'esbuild'
import { hostOptions } from '../../scripts/build.ts'
import { root } from '../../scripts/stages.ts'

describe('The command line as it ships', function () {
  this.timeout(30_000)

  it('has nothing of VS Code in it', async () => {
    const { metafile } = await build({
      absWorkingDir: root,
      ...hostOptions({ kafkafile: 'src/cli/kafkafile.ts', reader: 'src/reading/worker.ts' }),
      metafile: true,
      write: false,
    })
    const imports = Object.values(metafile.outputs).flatMap(output => output.imports)
    const outside = new Set(imports.flatMap(({ path, external }) => (external ? [path] : [])))
    assert.ok(outside.has('node:util'))
    assert.deepEqual(
      [...outside].filter(path => path === 'vscode' || path.startsWith('.')),
      [],
    )
    const inside = Object.keys(metafile.inputs)
    assert.ok(inside.includes('src/cli/main.ts'))
    assert.deepEqual(
      inside.filter(path => /^src\/(?:vscode|webview)\//.test(path)),
      [],
    )
  })
})
