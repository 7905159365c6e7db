import { createHash, createHmac } from "node:crypto";
import type { TransportRequest } from "./transport";

const ALGORITHM = "ACS3-HMAC-SHA256";
const EMPTY_BODY = sha256("");

/** A request as it goes out: everything is in the query, and the body is empty. */
export interface SignedRequest {
  path: string;
  headers: Record<string, string>;
}

/**
 * Signs one call by ACS3-HMAC-SHA256, as the official SDK does (a test compares the two). Written out here because the SDK
 * brings its own HTTP client, which takes no proxy, prints requests when DEBUG is set, and cannot be cancelled.
 */
export function sign(request: TransportRequest, nonce: string, date: Date): SignedRequest {
  const { action, version, endpoint, credential, query } = request;
  const { accessKeyId, accessKeySecret, securityToken } = credential;
  const canonicalQuery = Object.keys(query)
    .sort()
    .map((key) => `${key}=${encode(query[key] as string)}`)
    .join("&");
  const signed: Record<string, string> = {
    host: endpoint.host,
    "x-acs-action": action,
    "x-acs-content-sha256": EMPTY_BODY,
    "x-acs-date": date.toISOString().replace(/\.\d+Z$/, "Z"),
    "x-acs-signature-nonce": nonce,
    "x-acs-version": version,
    ...(securityToken === undefined
      ? {}
      : { "x-acs-accesskey-id": accessKeyId, "x-acs-security-token": securityToken }),
  };
  const names = Object.keys(signed).sort();
  const canonicalHeaders = names.map((name) => `${name}:${signed[name]}\n`).join("");
  const canonical = ["POST", "/", canonicalQuery, canonicalHeaders, names.join(";"), EMPTY_BODY].join("\n");
  const signature = createHmac("sha256", accessKeySecret)
    .update(`${ALGORITHM}\n${sha256(canonical)}`)
    .digest("hex");
  return {
    path: `/?${canonicalQuery}`,
    headers: {
      ...signed,
      accept: "application/json",
      "user-agent": "pulumi-alicloud-live",
      authorization: `${ALGORITHM} Credential=${accessKeyId},SignedHeaders=${names.join(";")},Signature=${signature}`,
    },
  };
}

/** Percent-encoding by RFC 3986: stricter than `encodeURIComponent`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
