/** An answer of the API that is not a success. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Refusals as the documents print them: of the gateway first, of the service then. */
export const refusals = {
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
  missingToken: () => new Refusal(400, "MissingSecurityToken", "SecurityToken is mandatory for this action."),
  badToken: () => new Refusal(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed."),
  expiredToken: () => new Refusal(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."),
  unknownVersion: () => new Refusal(400, "NoSuchVersion", "Specified version does not exist."),
  unknownApi: () =>
    new Refusal(404, "InvalidApi.NotFound", "Specified api is not found, please check your url and method."),
  forbidden: () => new Refusal(403, "Forbidden.RAM", "User not authorized to operate on the specified resource."),
  throttled: (status: number, code: string) =>
    new Refusal(status, code, "Request was denied due to user flow control."),
  missing: (name: string, byGateway: boolean) =>
    byGateway
      ? new Refusal(400, `Missing${name}`, `${name} is mandatory for this action.`)
      : new Refusal(400, "MissingParameter", `${name}.`),
  malformed: (names: string) =>
    new Refusal(400, "InvalidParameter.Malformed", `There are invalid parameters: ${names}.`),
  malformedId: () =>
    new Refusal(400, "InvalidMonitorId.Malformed", "monitorId malformed, please check and try again later."),
  noSuchSession: () =>
    new Refusal(404, "StreamMonitorNotExist", "stream monitor not exist, please check and try again later."),
  alreadyStarted: () =>
    new Refusal(
      400,
      "StreamMonitorAlreadyStarted",
      "stream monitor already started, please check and try again later.",
    ),
  alreadyStopped: () =>
    new Refusal(400, "StreamMonitorAlreadyStop", "stream monitor already stop, please check and try again later."),
  running: (status: number, code: string) =>
    new Refusal(status, code, "the stream monitor is running, please check and try again later."),
  unknownDomain: () => new Refusal(404, "InvalidDomain.NotFound", "The domain provided does not belong to you."),
  quota: () => new Refusal(403, "UserQuotaExceed", "Quota exceeded: stream monitor."),
} as const;
