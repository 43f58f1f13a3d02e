import { copyExamples } from '../../scripts/editor/examples.ts'
import { Workbench } from './workbench.ts'

/** The local Kafka of the extension, as a reload of the window finds it again. */
describe('a local Kafka in the workbench', function () {
  this.timeout(180_000)
  let workbench: Workbench

  before(async () => {
    workbench = await Workbench.open({ folder: await copyExamples('local') })
  })

  after(async () => {
    await workbench.dispose()
  })

  it('is among the clusters although the window was reloaded while it started', async () => {
    await workbench.openView('Kafka')
    await workbench.command('Kafka: Start Local Kafka')
    await workbench.waitForNotification('Starting')
    await workbench.reload()
    await workbench.treeItem('Local Kafka').waitFor({ timeout: 45_000 })
    await workbench.command('Kafka: Stop Local Kafka')
  })
})
