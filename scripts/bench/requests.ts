/** A round trip as people write it: a variable, what is sent, what is expected, and a reading. */
const round = (index: number) => `@orderId${index} = {{$uuid}}

### Send order ${index}
PRODUCER order${index}
topic: orders
key: {{orderId${index}}}
header: trace-id = {{$run}}
value-format: json
{
  "orderId": "{{orderId${index}}}",
  "customer": { "name": "{{person.fullName}}", "city": "{{location.city}}" },
  "items": [
    { "sku": "A-${index}", "qty": {{number.int({"min":1,"max":9})}} },
    { "sku": "B-${index}", "qty": 2 }
  ]
}

### Pricing enriches it
EXPECT priced${index}
topic: orders-priced
within: 15s
key: {{orderId${index}}}
match: headers["trace-id"] == "{{$run}}"
assert: value.total > ${index}.97 && value.total < ${index + 1}
capture: invoice${index} = value.invoice.id
{ "orderId": "{{orderId${index}}}", "status": "PRICED", "invoice": { "id": "#uuid" } }

EXPECT billed${index}
topic: invoices
match: value.id == "{{invoice${index}}}"

CONSUMER
-- @tag slow
topic: orders
partitions: 0-3,7
from: now-2h
to: now
filter: value.status == "FAILED" && value.customer.city.startsWith("B")
select: offset, key, value.total as total
limit: ${index + 1}
output: jsonl
output-to: file(./out/failed-${index}.jsonl)
###
`

/** A file of requests with so many lines, without a problem in it. */
export function requestsOf(lines: number): string {
  const text: string[] = []
  for (let index = 0; ; index++) {
    const next = round(index).trimEnd().split('\n')
    if (text.length + next.length > lines) break
    text.push(...next)
  }
  while (text.length < lines) text.push('-- the end')
  return text.join('\n')
}
