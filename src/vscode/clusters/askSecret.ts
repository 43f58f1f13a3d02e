import * as vscode from 'vscode'
import type { SavedCluster } from './clusters.ts'
import type { ClusterSecret } from './secretKey.ts'

/** Asks for a password or passphrase. Undefined: the user gave up. */
export function askSecret(
  cluster: SavedCluster,
  part: keyof ClusterSecret,
  refused: string | undefined,
): Thenable<string | undefined> {
  const who = part === 'password' ? ` for ${cluster.sasl?.username ?? ''}` : ' of the private key'
  const servers = cluster.bootstrapServers.join(', ')
  return vscode.window.showInputBox({
    title: `Connect to ${cluster.name}`,
    prompt:
      refused ?? `The ${part}${who}. It is sent to ${servers} and kept in the secret storage.`,
    placeHolder: part === 'password' ? 'Password' : 'Passphrase',
    password: true,
    ignoreFocusOut: true,
    validateInput: value => (value === '' ? `Enter the ${part}.` : undefined),
  })
}
