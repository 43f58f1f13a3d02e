/** The pure tests alone: about a second. */
import { runStage, STAGES } from './stages.ts'

const unit = STAGES.find(stage => stage.name === 'unit')
if (!unit) throw new Error('there is no stage named unit')
const { failed } = await runStage(unit)
process.exitCode = failed === 0 ? 0 : 1
