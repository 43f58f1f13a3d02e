import assert from 'node:assert/strict'
import { join } from 'node:path'
import { ROOT } from '../../scripts/editor/places.ts'
import { Workbench } from './workbench.ts'

describe('the workbench', function () {
  this.timeout(90_000)
  let workbench: Workbench

  before(async () => {
    workbench = await Workbench.open({ folder: join(ROOT, 'examples') })
  })

  after(async () => {
    await workbench.dispose()
  })

  it('opens the examples with the Kafka view', async () => {
    await workbench.openView('Kafka')
    await workbench.screenshot('smoke-dark')
    assert.match(await workbench.page.locator('.part.sidebar').innerText(), /kafka/i)
  })

  it('changes theme and width', async () => {
    await workbench.theme('light')
    await workbench.resize(900)
    await workbench.screenshot('smoke-light-narrow')
  })
})
