/** What a browser sees at the root of the sandbox at `host`. */
export function homePage(host: string): string {
  return `A pretend 360dialog and pretend phones, for trying Waypost without WhatsApp.

Let a customer write to the business:
  curl -d '{"text":"hi","name":"Ada"}' ${host}/customers/15550001111/messages
  curl -d '{"type":"image","image":{"caption":"look"}}' ${host}/customers/15550001111/messages

See what that customer's phone has received:
  curl ${host}/customers/15550001111/messages

Send as the business does (the key is D360_API_KEY), to who wrote within a day; others get templates only:
  curl -H 'D360-API-KEY: sandbox-key' -H 'Content-Type: application/json' \\
    -d '{"messaging_product":"whatsapp","to":"15550001111","type":"text","text":{"body":"hello"}}' \\
    ${host}/messages

Look inside: GET /_sandbox/sent, /_sandbox/requests, /_sandbox/violations, /_sandbox/reads,
/_sandbox/changes, /_sandbox/webhooks. Order a fault: POST /_sandbox/faults {"path":"/messages","times":1,"status":500}
`;
}
