import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { stringify } from "node:querystring";
import { load } from "../base/loading";
import { once } from "../base/objects";
import type { TransportRequest } from "./request";

/** A request as it goes out: everything is in the query, and the body is empty. */
export interface SignedRequest {
  path: string;
  headers: Record<string, string>;
}

/** Marks our own requests among all others of the SDK. */
const NONCE = "x-acs-signature-nonce";

/** The SDK's request, thrown out of it when it would be sent. */
class Built {
  constructor(readonly request: SignedRequest) {}
}

interface TeaRequest {
  pathname: string;
  query: Record<string, string>;
  headers: Record<string, string>;
}

/**
 * Loaded when first needed: it takes longer to load than everything else of ours together. The SDK hands every finished request
 * to `doAction`, which would send it; one that bears a nonce of ours is taken out there. `@alicloud/tea-util` is of the very
 * version that the SDK asks for: beside another, it would take twice as long to load.
 */
function loadSdk() {
  const openApi = require("@alicloud/openapi-client") as typeof import("@alicloud/openapi-client");
  const { RuntimeOptions } = require("@alicloud/tea-util") as typeof import("@alicloud/tea-util");
  const tea = createRequire(require.resolve("@alicloud/openapi-client"))("@alicloud/tea-typescript") as {
    doAction(request: TeaRequest, ...rest: unknown[]): unknown;
  };
  const send = tea.doAction;
  const ours = new Set<string>();
  tea.doAction = (request, ...rest) => {
    if (ours.has(request.headers[NONCE] ?? "")) {
      throw new Built({ path: `${request.pathname}?${stringify(request.query)}`, headers: request.headers });
    }
    return send(request, ...rest);
  };
  return { openApi, runtime: new RuntimeOptions({}), ours };
}

type Sdk = ReturnType<typeof loadSdk>;
const loaded = once(() => load("@alicloud/openapi-client", loadSdk));
let latest: { settings: string; client: InstanceType<Sdk["openApi"]["default"]> } | undefined;

/** A client keeps nothing of a call, so calls with the same key to the same place share one. */
function clientFor({ openApi }: Sdk, { endpoint, credential }: TransportRequest) {
  const settings = JSON.stringify([endpoint, credential]);
  if (latest?.settings !== settings) {
    const type = credential.securityToken === undefined ? "access_key" : "sts";
    const config = new openApi.Config({ ...credential, endpoint: endpoint.host, protocol: endpoint.protocol, type });
    latest = { settings, client: new openApi.default(config) };
  }
  return latest.client;
}

/**
 * Builds and signs one call with `callApi` of `@alicloud/openapi-client`, but does not send it: the SDK's own HTTP client takes no
 * proxy, cannot be cancelled, prints requests when DEBUG is set, reads without bound and forgets the status of a failure.
 */
export async function signedRequest(request: TransportRequest): Promise<SignedRequest> {
  const sdk = loaded();
  const params = new sdk.openApi.Params({
    action: request.action,
    version: request.version,
    protocol: request.endpoint.protocol.toUpperCase(),
    pathname: "/",
    method: "POST",
    authType: "AK",
    style: "RPC",
    reqBodyType: "formData",
    bodyType: "json",
  });
  const nonce = randomUUID();
  sdk.ours.add(nonce);
  try {
    const call = new sdk.openApi.OpenApiRequest({ query: request.query, headers: { [NONCE]: nonce } });
    await clientFor(sdk, request).callApi(params, call, sdk.runtime);
    throw new Error("the SDK has sent the request itself");
  } catch (error) {
    if (error instanceof Built) {
      return error.request;
    }
    throw error;
  } finally {
    sdk.ours.delete(nonce);
  }
}
