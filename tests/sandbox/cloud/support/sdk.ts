import OpenApi, { Config, OpenApiRequest, Params } from "@alicloud/openapi-client";
import { RuntimeOptions } from "@alicloud/tea-util";
import type { AccountKey } from "../../../../sandbox/cloud";
import { fullName } from "./lab";

type Query = Record<string, string>;

export interface SdkChanges {
  version?: string;
  method?: "GET" | "POST";
  /** In the body instead of the query. */
  form?: Query;
  pathname?: string;
}

/** Sends a call by the real SDK, as any client of the real cloud does; the answer's body. */
export async function sdkCall(
  endpoint: string,
  key: Pick<AccountKey, "accessKeyId" | "accessKeySecret" | "securityToken">,
  action: string,
  query: Query = {},
  { version, method = "POST", form, pathname = "/" }: SdkChanges = {},
): Promise<Record<string, unknown>> {
  const { accessKeyId, accessKeySecret, securityToken } = key;
  const client = new OpenApi(
    new Config({
      accessKeyId,
      accessKeySecret,
      ...(securityToken === undefined ? {} : { securityToken }),
      endpoint: endpoint.replace("http://", ""),
      protocol: "http",
    }),
  );
  const params = new Params({
    action: fullName(action),
    version: version ?? (action === "GetCallerIdentity" ? "2015-04-01" : "2016-11-01"),
    protocol: "HTTP",
    pathname,
    method,
    authType: "AK",
    style: "RPC",
    reqBodyType: "formData",
    bodyType: "json",
  });
  const request = new OpenApiRequest({ query, ...(form === undefined ? {} : { body: form }) });
  const { body } = await client.callApi(params, request, new RuntimeOptions({}));
  return body;
}
