/**
 * A `.kafka` file to begin with: a record to produce and a consumer that reads without joining a
 * group, for one topic of one cluster.
 */
export function kafkaFileFor(topic: string, clusterName: string): string {
  return [
    `-- @cluster ${clusterName}`,
    '',
    `### Produce to ${topic}`,
    '',
    'PRODUCER',
    `topic: ${topic}`,
    'key: {{string.uuid}}',
    'value-format: json',
    '{',
    '  "id": "{{string.uuid}}",',
    '  "createdAt": "{{$date.iso}}"',
    '}',
    '',
    `### Read the last records of ${topic}`,
    '',
    'CONSUMER',
    `topic: ${topic}`,
    'from: tail(20)',
    '',
  ].join('\n')
}
