import type { JoinRequest, JoinUpdate } from '../kafka/cluster.ts'
import type { OffsetContext } from './offsets.ts'

export async function* joinGroup(
  _context: OffsetContext,
  _request: JoinRequest,
  _signal: AbortSignal,
): AsyncIterable<JoinUpdate> {
  await Promise.resolve()
  yield { kind: 'problem', problem: { code: 'not-there', message: 'Joining is not there yet.' } }
}
