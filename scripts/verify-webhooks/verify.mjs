// Receives the webhooks of one payment and verifies each with the standardwebhooks package; then rotates the secret and
// checks that a test event verifies with the old and with the new one.
import { createServer } from 'node:http';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

const { KASSA_URL, KASSA_API_USERNAME, KASSA_API_KEY } = process.env;
const expected = [
  'capture.created', 'ipp.session.activated', 'ipp.session.created', 'ipp.session.finalized', 'order.created',
];

const waiting = [];
const received = [];
const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  response.writeHead(204).end();
  received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
  waiting.shift()?.();
});

async function next() {
  while (received.length === 0) {
    await new Promise((resolve, reject) => {
      waiting.push(resolve);
      setTimeout(() => reject(new Error('no webhook within 20 s')), 20_000).unref();
    });
  }
  return received.shift();
}

async function api(method, path, body) {
  const login = Buffer.from(`${KASSA_API_USERNAME}:${KASSA_API_KEY}`).toString('base64');
  const answer = await fetch(KASSA_URL + path, {
    method,
    headers: { authorization: `Basic ${login}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

function verifies(secret, webhook) {
  try {
    new Webhook(secret).verify(webhook.body, webhook.headers);
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

function must(what, truth) {
  if (!truth) throw new Error(`not so: ${what}`);
  console.log(`ok  ${what}`);
}

await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const destination = await api('POST', '/kassa/v1/webhook-destinations', {
  name: 'verify-webhooks', url: `http://127.0.0.1:${server.address().port}/`,
});
const device = await api('POST', '/ipp/v1/dev/devices', { name: 'Till' });
const session = await api('POST', '/ipp/v1/sessions', {
  device_id: device.id, order_amount: 4500, order_tax_amount: 900, purchase_currency: 'SEK',
  purchase_started_at: '2026-01-15T10:30:00Z',
  order_items: [{ name: 'Kaffe å', unit_price: 4500, total_amount: 4500, tax_rate: 2500, total_tax_amount: 900 }],
});
await api('POST', `/ipp/v1/dev/sessions/${session.session_id}/simulate-tap`);

const types = [];
for (let i = 0; i < expected.length; i++) {
  const webhook = await next();
  const { type } = JSON.parse(webhook.body);
  must(`${type} verifies`, verifies(destination.secret, webhook));
  must(`${type} with another body does not`, !verifies(destination.secret, { ...webhook, body: `${webhook.body} ` }));
  types.push(type);
}
must('all events of a payment came', types.sort().join() === expected.join());

const rotated = await api('POST', `/kassa/v1/webhook-destinations/${destination.id}/rotate`);
await api('POST', `/kassa/v1/webhook-destinations/${destination.id}/test`);
const test = await next();
must('after a rotation the old secret verifies', verifies(destination.secret, test));
must('after a rotation the new secret verifies', verifies(rotated.secret, test));
must('a wrong secret does not', !verifies(`whsec_${Buffer.alloc(32).toString('base64')}`, test));
server.close();
