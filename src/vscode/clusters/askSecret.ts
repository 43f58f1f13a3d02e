import * as vscode from 'vscode'
import type { SavedCluster } from './clusters.ts'
import type { ClusterSecret } from './secretKey.ts'
import { createTurns } from './turns.ts'

const inTurn = createTurns()

/**
 * Asks for a password or passphrase, one at a time in the window. Undefined: the user gave up, or
 * the signal aborted while the prompt was open, which closes it. Rejects as cancelled when it aborts
 * before.
 */
export function askSecret(
  cluster: SavedCluster,
  part: keyof ClusterSecret,
  refused: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  return inTurn(signal, () => prompt(cluster, part, refused, signal))
}

async function prompt(
  cluster: SavedCluster,
  part: keyof ClusterSecret,
  refused: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const who = part === 'password' ? ` for ${cluster.sasl?.username ?? ''}` : ' of the private key'
  const servers = cluster.bootstrapServers.join(', ')
  const source = new vscode.CancellationTokenSource()
  const onAbort = () => {
    source.cancel()
  }
  signal.addEventListener('abort', onAbort)
  try {
    return await vscode.window.showInputBox(
      {
        title: `Connect to ${cluster.name}`,
        prompt:
          refused ?? `The ${part}${who}. It is sent to ${servers} and kept in the secret storage.`,
        placeHolder: part === 'password' ? 'Password' : 'Passphrase',
        password: true,
        ignoreFocusOut: true,
        validateInput: value => (value === '' ? `Enter the ${part}.` : undefined),
      },
      source.token,
    )
  } finally {
    signal.removeEventListener('abort', onAbort)
    source.dispose()
  }
}
