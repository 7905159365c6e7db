import { Failure } from "../base/errors";
import { fromKeys, parsed } from "../base/objects";
import { exchange, type Reply } from "./exchange";
import { type Credential, type Transport, type TransportAnswer, TransportFailure } from "./request";
import { signedRequest } from "./sdk-request";
import { isObject } from "./types";

export * from "./request";

/** The real transport: the official SDK builds and signs the request, and `exchange` sends it. */
export const sdkTransport: Transport = async (request) => {
  const { endpoint, signal, env = process.env } = request;
  expectCarriable(request.credential);
  const origin = new URL(`${endpoint.protocol}://${endpoint.host}`);
  const signed = await signedRequest(request).catch((error: unknown) => {
    // A Failure says what to install. Any other error would come again at each attempt, and may quote the request.
    throw error instanceof Failure ? error : new TransportFailure("unsendable", "the SDK cannot make this request");
  });
  const reply = await exchange(origin, { method: "POST", ...signed }, signal, env);
  return answerIn(reply);
};

/** A character that no header can carry: retries are pointless. */
function expectCarriable({ accessKeyId, securityToken = "-" }: Credential): void {
  const [what, where] = !CARRIABLE.test(accessKeyId)
    ? ["access key id", "`alicloud:accessKey`, ALIBABA_CLOUD_ACCESS_KEY_ID"]
    : !CARRIABLE.test(securityToken)
      ? ["security token", "`alicloud:securityToken`, ALIBABA_CLOUD_SECURITY_TOKEN"]
      : [];
  if (what !== undefined) {
    throw new TransportFailure(
      "unsendable",
      `the ${what} holds a character that no HTTP header can carry, such as a long dash, a curly quote or a line break. Copy it again into ${where}, or into its profile or service`,
    );
  }
}

const CARRIABLE = /^[\x21-\x7e]+$/;

function answerIn({ status, headers, text, bytes }: Reply): TransportAnswer {
  if (status >= 300 && status < 400) {
    throw new TransportFailure("not-json", "the answer is a redirect, not an answer of the API", status);
  }
  if (status === 407) {
    throw new TransportFailure("unsendable", "a proxy on the way asks for credentials", status);
  }
  const body = objectIn(text) ?? (status >= 400 ? xmlErrorIn(text) : undefined);
  if (body !== undefined && status < 300) {
    return { httpStatus: status, body, bytes };
  }
  const retryAfterMs = retryAfter(headers["x-acs-retry-after"]);
  const code = body?.Code ?? body?.code;
  if (body === undefined || typeof code !== "string") {
    const what = "the answer is not JSON; maybe a proxy sent it";
    throw new TransportFailure("not-json", what, status, undefined, undefined, retryAfterMs);
  }
  const message = String(body.Message ?? body.message ?? "no message");
  const requestId = typeof body.RequestId === "string" ? body.RequestId : undefined;
  throw new TransportFailure("refusal", message, status, code, requestId, retryAfterMs);
}

function objectIn(text: string): Record<string, unknown> | undefined {
  const value = parsed(text);
  return isObject(value) ? value : undefined;
}

/** The gateway answers in XML if it does not see that the request wants JSON. */
function xmlErrorIn(text: string): Record<string, unknown> | undefined {
  if (!/^\s*(<\?xml[^>]*>\s*)?<Error>/.test(text)) {
    return undefined;
  }
  const textIn = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  return fromKeys(["Code", "Message", "RequestId"], textIn);
}

/** No document states the unit: milliseconds are assumed, at most a minute. */
function retryAfter(header: string | string[] | undefined): number | undefined {
  const value = Number(header);
  return Number.isFinite(value) && value > 0 ? Math.min(value, 60_000) : undefined;
}
