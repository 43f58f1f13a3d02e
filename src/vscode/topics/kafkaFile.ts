/**
 * A `.kafka` file to begin with, for one topic of one cluster: a record to produce, a test that it
 * arrives, and a consumer that reads without joining a group.
 */
export function kafkaFileFor(topic: string, clusterName: string): string {
  return [
    `-- @cluster ${clusterName}`,
    '',
    '@id = {{$uuid}}',
    '',
    `### A record goes to ${topic}`,
    'PRODUCER sent',
    `topic: ${topic}`,
    'key: {{id}}',
    'value-format: json',
    '{',
    '  "id": "{{id}}",',
    '  "createdAt": "{{$date.iso}}"',
    '}',
    '',
    '### and arrives',
    'EXPECT arrives',
    `topic: ${topic}`,
    'key: {{id}}',
    '{ "id": "{{id}}", "createdAt": "#datetime" }',
    '',
    `### The last records of ${topic}, then what comes`,
    'CONSUMER',
    `topic: ${topic}`,
    'from: tail(20)',
    '',
  ].join('\n')
}
