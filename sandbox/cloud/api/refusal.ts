/** An error answer of the API. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** More fields of the body, such as `AccessDeniedDetail`. */
    readonly details: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** The end of most messages of the service. */
const AGAIN = "please check and try again later.";
const THROTTLED: Readonly<Record<string, string>> = {
  "Throttling.User": "Request was denied due to user flow control.",
  "Throttling.Api": "Request was denied due to api flow control.",
};

/** The refusals of the gateway, before a request reaches the service. */
export const gatewayRefusals = {
  unknownKey: (status: number) =>
    new Refusal(status, "InvalidAccessKeyId.NotFound", "Specified access key is not found."),
  inactiveKey: () => new Refusal(400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled."),
  badSignature: (status: number) =>
    new Refusal(status, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation."),
  incompleteSignature: () =>
    new Refusal(400, "IncompleteSignature", "The request signature does not conform to standards."),
  badTime: () =>
    new Refusal(400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."),
  expiredTime: () => new Refusal(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."),
  usedNonce: () => new Refusal(400, "SignatureNonceUsed", "Specified signature nonce was used already."),
  missingToken: (status: number) =>
    new Refusal(status, "MissingSecurityToken", "SecurityToken is mandatory for this action."),
  badToken: (status: number) =>
    new Refusal(status, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed."),
  foreignToken: (status: number) =>
    new Refusal(
      status,
      "InvalidSecurityToken.MismatchWithAccessKey",
      "Specified SecurityToken mismatch with the AccessKey.",
    ),
  expiredToken: (status: number) =>
    new Refusal(status, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."),
  unknownVersion: (code: "NoSuchVersion" | "InvalidProduct.NotFound") =>
    code === "NoSuchVersion"
      ? new Refusal(400, code, "Specified version does not exist.")
      : new Refusal(404, code, "Cannot find product according to your specified domain."),
  unknownApi: (code: string) => new Refusal(404, code, "Specified api is not found, please check your url and method."),
  unsupportedMethod: (status: number) =>
    new Refusal(status, "UnsupportedHTTPMethod", "Specified HTTP method is not supported."),
  forbidden: (status: number, code: string, action: string) =>
    new Refusal(
      status,
      code,
      "User not authorized to operate on the specified resource.",
      code === "NoPermission" ? { AccessDeniedDetail: { AuthAction: action, NoPermissionType: "ImplicitDeny" } } : {},
    ),
  throttled: (status: number, code: string, retryAfterMs: number | undefined) =>
    new Refusal(
      status,
      code,
      THROTTLED[code] ?? "Request was denied due to request throttling.",
      {},
      retryAfterMs === undefined ? {} : { "x-acs-retry-after": String(retryAfterMs) },
    ),
} as const;

/** The refusals of the service. Messages follow the published templates. */
export const refusals = {
  missing: (name: string, byGateway: boolean) =>
    byGateway
      ? new Refusal(400, `Missing${name}`, `${name} is mandatory for this action.`)
      : new Refusal(400, "MissingParameter", `${name}.`),
  malformed: (names: string) =>
    new Refusal(400, "InvalidParameter.Malformed", `There are invalid parameters: ${names}.`),
  malformedId: () => new Refusal(400, "InvalidMonitorId.Malformed", `monitorId malformed, ${AGAIN}`),
  noSuchSession: () => new Refusal(404, "StreamMonitorNotExist", `stream monitor not exist, ${AGAIN}`),
  alreadyStarted: () => new Refusal(400, "StreamMonitorAlreadyStarted", `stream monitor already started, ${AGAIN}`),
  alreadyStopped: () => new Refusal(400, "StreamMonitorAlreadyStop", `stream monitor already stop, ${AGAIN}`),
  illegal: () => new Refusal(401, "IllegalOperation", `illegal operation, ${AGAIN}`),
  running: (status: number, code: string) => new Refusal(status, code, `the stream monitor is running, ${AGAIN}`),
  unknownDomain: () => new Refusal(404, "InvalidDomain.NotFound", "The domain provided does not belong to you."),
  duplicateName: () => new Refusal(400, "ConfigAlreadyExists", "Config has already existed."),
  quota: (code: string) =>
    new Refusal(code === "IllegalOperation" ? 401 : 403, code, "Quota exceeded: stream monitor."),
} as const;
