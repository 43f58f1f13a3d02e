import assert from 'node:assert/strict'
import { compileCondition } from '../../src/expression/compile.ts'
import { fieldPaths } from '../../src/expression/fieldPaths.ts'

describe('What must stand in a value for a condition to hold', () => {
  const cases: readonly (readonly [text: string, needs: readonly (readonly string[])[]])[] = [
    ['value.x == "A"', [['A']]],
    ['"A" == value.x', [['A']]],
    ['value.x == "A" && value.y > 3', [['A']]],
    ['value.x == "A" && value.y == "B"', [['A'], ['B']]],
    ['value.x in ["A", "B"]', [['A', 'B']]],
    ['value.x in ["A", 1]', []],
    ['value.x.startsWith("A") || value.y == "B"', [['A', 'B']]],
    ['value.x == "A" || value.y > 1', []],
    ['value.items[0].sku == "A"', [['A']]],
    ['value.items.exists(i, i.sku == "A")', [['A']]],
    ['value.tags.exists(t, t == "A")', [['A']]],
    ['value.items.all(i, i.sku == "A")', []],
    ['"A" in value.tags', [['A']]],
    ['"A" in headers', []],
    ['value == "A"', []],
    ['value.contains("A")', []],
    ['value.x != "A"', []],
    ['!(value.x == "A")', []],
    ['value.x == ""', []],
    ['value.x == "a\\uFFFD"', []],
    ['key == "A"', []],
    ['value.x.contains("A") && key == "B"', [['A']]],
    ['headers.exists(value, value == "A")', []],
    ['value.x == 1', []],
  ]
  for (const [text, needs] of cases) {
    it(text, () => {
      const compiled = compileCondition(text)
      assert.ok('needs' in compiled)
      assert.deepEqual(compiled.needs, needs)
    })
  }
})

describe('The fields that an expression names', () => {
  const cases: readonly (readonly [text: string, paths: readonly string[]])[] = [
    ['value.status == "A"', ['value.status']],
    ['value.a["b c"].d == 1 && value["x"] == 2', ['value.a["b c"].d', 'value.x']],
    ['headers["a"] == headers.b', ['headers["a"]', 'headers["b"]']],
    ['has(value.x.y)', ['value.x.y']],
    ['value.items.exists(i, i.sku == value.sku)', ['value.items', 'value.sku']],
    ['value.items.exists(value, value.sku == "A")', ['value.items']],
    ['value.items[0].sku == "A"', ['value.items']],
    ['size > 1', []],
    ['value.', []],
  ]
  for (const [text, paths] of cases) {
    it(text, () => {
      const found = fieldPaths(text)
      assert.deepEqual(
        found.map(({ path }) => path),
        paths,
      )
    })
  }

  it('says where they stand', () => {
    const text = 'key == "a" && value["b"].c == 1'
    const [path] = fieldPaths(text)
    assert.equal(text.slice(path?.from, path?.to), 'value["b"].c')
  })
})
