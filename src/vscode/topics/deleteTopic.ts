import * as vscode from 'vscode'
import { ProblemError } from '../../base/problem.ts'
import { askText } from '../clusters/steps.ts'
import type { ClusterTopic } from '../pick/pick.ts'
import { protectedText } from './topicRules.ts'

/** Deletes a topic after its name was typed. Answers whether it is gone. */
export async function deleteTopic({ saved, cluster, topic }: ClusterTopic): Promise<boolean> {
  const warning = saved.protected ? `${protectedText(saved.name, `delete "${topic}"`)} ` : ''
  const typed = await askText({
    title: `Delete Topic of ${saved.name}`,
    step: 1,
    totalSteps: 1,
    value: '',
    placeholder: topic,
    patient: true,
    prompt: `${warning}Type ${topic} to delete it with all its records. This cannot be undone.`,
    validate: text => (text === topic ? undefined : `Type ${topic} to confirm.`),
  })
  if (typeof typed === 'string') return false
  const [outcome] = await cluster.deleteTopics([topic])
  if (outcome?.problem) throw new ProblemError(outcome.problem)
  vscode.window.setStatusBarMessage(`Deleted topic ${topic} of ${saved.name}`, 5_000)
  return true
}
