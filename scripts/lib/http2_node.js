// node's HTTP/2 client, as scripts/client-runs uses it: one session, many streams. Prints "ok NAME" or "FAIL NAME: WHY"
// for each check. Arguments: the origin, the file of the certificate that it trusts, and that of large.bin.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const http2 = require('http2');

const [origin, certificate, large] = process.argv.slice(2);
const content = fs.readFileSync(large);
const session = http2.connect(origin, {ca: fs.readFileSync(certificate)});
session.on('error', (error) => { console.log(`FAIL the session: ${error.message}`); process.exit(1); });

function digest(bytes) { return `sha-256=:${crypto.createHash('sha256').update(bytes).digest('base64')}:`; }

// {status, fields, body} of a request; `trailers` are sent behind `body`.
function ask(method, path, fields = {}, body = null, trailers = null) {
  return new Promise((resolve, reject) => {
    const stream = session.request({':method': method, ':path': path, ...fields},
                                   {endStream: body === null, waitForTrailers: trailers !== null});
    const parts = [];
    let answer = {};
    stream.on('response', (head) => { answer = head; });
    stream.on('data', (part) => parts.push(part));
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.on('error', reject);
    stream.on('end', () => resolve({status: answer[':status'], fields: answer, body: Buffer.concat(parts)}));
    if (body !== null) stream.end(body);
  });
}

async function check(name, run) {
  try {
    const fault = await run();
    console.log(fault ? `FAIL ${name}: ${fault}` : `ok ${name}`);
  } catch (error) {
    console.log(`FAIL ${name}: ${error.message}`);
  }
}

// Empty, or what is wrong.
function fault(answer, status, body = null) {
  if (answer.status !== status) return `status ${answer.status}: ${answer.body.subarray(0, 200)}`;
  return body !== null && !answer.body.equals(body) ? `${answer.body.length} other bytes` : '';
}

async function main() {
  await check('HEAD', async () => {
    const answer = await ask('HEAD', '/large.bin');
    return fault(answer, 200, Buffer.alloc(0)) || (answer.fields['content-length'] === String(content.length) ? '' : 'length');
  });
  await check('large download', async () => fault(await ask('GET', '/large.bin'), 200, content));
  await check('a range', async () =>
    fault(await ask('GET', '/large.bin', {range: 'bytes=5-1004'}), 206, content.subarray(5, 1005)));
  await check('a hundred files at once', async () => {
    const answers = await Promise.all(Array.from({length: 100}, (_, i) =>
      ask('GET', '/large.bin', {range: `bytes=${i * 1000}-${i * 1000 + 999}`})));
    return answers.map((each, i) => fault(each, 206, content.subarray(i * 1000, i * 1000 + 1000))).find(Boolean) || '';
  });
  await check('large upload', async () =>
    fault(await ask('PUT', '/node.bin', {'content-length': content.length}, content), 201) ||
    fault(await ask('GET', '/node.bin'), 200, content));
  await check('PUT with its digest in a trailer', async () => {
    const trailers = {'repr-digest': digest(Buffer.from('trailed'))};
    return fault(await ask('PUT', '/trailed.txt', {trailer: 'repr-digest'}, Buffer.from('trailed'), trailers), 201);
  });
  await check('PUT with another digest in a trailer is refused', async () => {
    const trailers = {'repr-digest': digest(Buffer.from('other'))};
    const answer = await ask('PUT', '/wrong.txt', {trailer: 'repr-digest'}, Buffer.from('trailed'), trailers);
    return answer.status >= 400 && answer.status < 500 ? fault(await ask('GET', '/wrong.txt'), 404) : `${answer.status}`;
  });
  session.close();
}

main();
