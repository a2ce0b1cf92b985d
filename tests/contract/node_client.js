// Sends the calls on standard input one after the other with the vendor's Node client, which
// NODE_PATH must lead to, and prints their results.
const { CommonClient } = require("tencentcloud-sdk-nodejs-common");

async function send(call) {
  const { endpoint, version, action, parameters, credential, region, language, method } = call;
  const client = new CommonClient(endpoint, version, {
    credential,
    region,
    profile: {
      language,
      signMethod: "TC3-HMAC-SHA256",
      httpProfile: { reqMethod: method, protocol: "http://", reqTimeout: 10 },
    },
  });
  try {
    return { answer: await client.request(action, parameters) };
  } catch (error) {
    return { code: error.code, message: error.message, requestId: error.requestId };
  }
}

async function main() {
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  const results = [];
  for (const call of JSON.parse(text)) results.push(await send(call));
  process.stdout.write(JSON.stringify(results));
}

main();
