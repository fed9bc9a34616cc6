/** What a browser sees at the sandbox's root. */
export const HOME_PAGE = `A pretend 360dialog and pretend phones, for trying Waypost without WhatsApp.

Let a customer write to the business:
  curl -d '{"text":"hi","name":"Ada"}' localhost:8788/customers/15550001111/messages
  curl -d '{"type":"image","image":{"caption":"look"}}' localhost:8788/customers/15550001111/messages

See what that customer's phone has received:
  curl localhost:8788/customers/15550001111/messages

Send as the business does (the key is D360_API_KEY), to who wrote within a day; others get templates only:
  curl -H 'D360-API-KEY: sandbox-key' -H 'Content-Type: application/json' \\
    -d '{"messaging_product":"whatsapp","to":"15550001111","type":"text","text":{"body":"hello"}}' \\
    localhost:8788/messages

Look inside: GET /_sandbox/sent, /_sandbox/requests, /_sandbox/violations, /_sandbox/reads,
/_sandbox/changes, /_sandbox/webhooks. Order a fault: POST /_sandbox/faults {"path":"/messages","times":1,"status":500}
`;
