// Makes the calls that standard input lists, one after the other, with the vendor's Node client;
// prints what each of them came to. The client is found by NODE_PATH.
const { CommonClient } = require("tencentcloud-sdk-nodejs-common");

async function call(one) {
  const { endpoint, version, action, parameters, credential, region, language, method } = one;
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
  for await (const piece of process.stdin) text += piece;
  const results = [];
  for (const one of JSON.parse(text)) results.push(await call(one));
  process.stdout.write(JSON.stringify(results));
}

main();
