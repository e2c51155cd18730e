/**
 * To be imported before alipay-sdk. The undici that the SDK brings makes its own agent the whole process's one if it
 * finds none, and every `fetch` would run through another undici than Node's. Node makes its own when its fetch is first
 * touched, which is here.
 */
void globalThis.Headers;

export {};
