import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { AccountKey } from "./accounts";
import { type Refusal, gatewayRefusals as refusals } from "./refusal";

export interface SignedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const ALGORITHM = "ACS3-HMAC-SHA256";
const AUTHORIZATION = new RegExp(`^${ALGORITHM} Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$`);
/** The most by which a request's time may differ from the server's. */
const SKEW_MS = 15 * 60_000;
/** How many nonces are remembered: more than any test sends within the allowed time difference. */
const NONCES = 100_000;

/** The parts of an `Authorization` header of the ACS3 scheme. */
export function parseAuthorization(header: string | undefined) {
  const parts = AUTHORIZATION.exec(header ?? "");
  return parts === null
    ? undefined
    : {
        accessKeyId: parts[1] as string,
        signedHeaders: (parts[2] as string).split(";"),
        signature: parts[3] as string,
      };
}

/** Checks ACS3-HMAC-SHA256 signatures, their time, and that no nonce is used twice. */
export class SignatureCheck {
  private readonly nonces = new Set<string>();

  constructor(private readonly clock: () => number) {}

  /** Returns `undefined` for a valid signature. */
  verify(request: SignedRequest, key: AccountKey, signatureStatus: number): Refusal | undefined {
    const { headers } = request;
    const authorization = parseAuthorization(headers.authorization);
    if (authorization === undefined) {
      return refusals.incompleteSignature();
    }
    const mustBeSigned = Object.keys(headers).filter(
      (name) => name.startsWith("x-acs-") || name === "host" || name === "content-type",
    );
    const payloadHash = sha256(request.body);
    if (
      mustBeSigned.some((name) => !authorization.signedHeaders.includes(name)) ||
      headers["x-acs-content-sha256"] !== payloadHash
    ) {
      return refusals.incompleteSignature();
    }
    const canonical = [
      request.method,
      request.path,
      canonicalQuery(request.query),
      authorization.signedHeaders.map((name) => `${name}:${String(headers[name] ?? "").trim()}\n`).join(""),
      authorization.signedHeaders.join(";"),
      payloadHash,
    ].join("\n");
    const text = `${ALGORITHM}\n${sha256(Buffer.from(canonical))}`;
    const expected = createHmac("sha256", key.accessKeySecret).update(text).digest();
    if (!timingSafeEqual(expected, Buffer.from(authorization.signature, "hex"))) {
      return refusals.badSignature(signatureStatus);
    }
    return this.verifyFreshness(headers);
  }

  private verifyFreshness(headers: IncomingHttpHeaders): Refusal | undefined {
    const date = String(headers["x-acs-date"] ?? "");
    const nonce = String(headers["x-acs-signature-nonce"] ?? "");
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(date)) {
      return refusals.badTime();
    }
    if (Math.abs(Date.parse(date) - this.clock()) > SKEW_MS) {
      return refusals.expiredTime();
    }
    if (nonce === "" || this.nonces.has(nonce)) {
      return refusals.usedNonce();
    }
    this.nonces.add(nonce);
    const [oldest] = this.nonces;
    if (this.nonces.size > NONCES && oldest !== undefined) {
      this.nonces.delete(oldest);
    }
    return undefined;
  }
}

/** The canonical query. It is decoded and encoded again, because the client leaves some characters of the URL unencoded. */
function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${encode(value)}`)
    .join("&");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
