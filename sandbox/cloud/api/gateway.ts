import type { Switches } from "../switches";
import { type AccountKey, isAllowed } from "./accounts";
import type { Limits } from "./limits";
import { gatewayRefusals, type Refusal } from "./refusal";

/** The actions of each version. The version selects the product, because both share one endpoint. */
export const LIVE_VERSION = "2016-11-01";
export const STS_VERSION = "2015-04-01";
const ACTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  [
    LIVE_VERSION,
    [
      "CreateLiveStreamMonitor",
      "UpdateLiveStreamMonitor",
      "StartLiveStreamMonitor",
      "StopLiveStreamMonitor",
      "DeleteLiveStreamMonitor",
      "DescribeLiveStreamMonitorList",
    ],
  ],
  [STS_VERSION, ["GetCallerIdentity"]],
]);

export interface Caller {
  key: AccountKey | undefined;
  securityToken: string | undefined;
  version: string;
  action: string;
}

/**
 * Checks a call as the gateway does, and returns its refusal, if any. The order of the checks is not documented. Here it is: the
 * key, the action, the key's rights, the rate limit.
 */
export function gatewayRefusal(
  { key, securityToken, version, action }: Caller,
  known: readonly AccountKey[],
  limits: Limits,
  now: number,
  switches: Switches,
): Refusal | undefined {
  if (key === undefined) {
    return gatewayRefusals.unknownKey(switches.unknownKeyStatus);
  }
  const refusal = keyRefusal(key, securityToken, known, now, switches);
  if (refusal !== undefined) {
    return refusal;
  }
  const actions = ACTIONS.get(version);
  if (actions === undefined) {
    return gatewayRefusals.unknownVersion(switches.unknownVersionCode);
  }
  if (!actions.includes(action)) {
    return gatewayRefusals.unknownApi(switches.unknownApiCode);
  }
  // GetCallerIdentity needs no permission.
  if (version === LIVE_VERSION && !isAllowed(key, `live:${action}`)) {
    return gatewayRefusals.forbidden(switches.forbiddenStatus, switches.forbiddenCode, `live:${action}`);
  }
  const waitMs = limits.admit(key.accountId, action, switches.qps);
  return waitMs === undefined
    ? undefined
    : gatewayRefusals.throttled(
        switches.throttleStatus,
        switches.throttleCode,
        switches.retryAfterHeader ? waitMs : undefined,
      );
}

function keyRefusal(
  key: AccountKey,
  token: string | undefined,
  known: readonly AccountKey[],
  now: number,
  { tokenStatus, unknownKeyStatus }: Switches,
): Refusal | undefined {
  if (key.status === "disabled") {
    return gatewayRefusals.inactiveKey();
  }
  if (key.securityToken !== undefined && token === undefined) {
    return gatewayRefusals.missingToken(tokenStatus);
  }
  if (token !== key.securityToken) {
    return known.some((each) => each.securityToken === token)
      ? gatewayRefusals.foreignToken(tokenStatus)
      : gatewayRefusals.badToken(tokenStatus);
  }
  if (key.status !== "expired" && (key.expiresAt ?? Number.POSITIVE_INFINITY) > now) {
    return undefined;
  }
  return key.securityToken === undefined
    ? gatewayRefusals.unknownKey(unknownKeyStatus)
    : gatewayRefusals.expiredToken(tokenStatus);
}

/** STS `GetCallerIdentity`: a temporary key belongs to a role, a key with limited rights to a RAM user. */
export function callerIdentity({
  accountId,
  accessKeyId,
  securityToken,
  actions,
}: AccountKey): Record<string, unknown> {
  const AccountId = accountId;
  if (securityToken !== undefined) {
    return {
      AccountId,
      IdentityType: "AssumedRoleUser",
      Arn: `acs:sts::${accountId}:assumed-role/sandbox/${accessKeyId}`,
      PrincipalId: `300000000000000001:${accessKeyId}`,
      RoleId: "300000000000000001",
    };
  }
  if (actions !== undefined) {
    const UserId = "200000000000000001";
    return {
      AccountId,
      IdentityType: "RAMUser",
      Arn: `acs:ram::${accountId}:user/${accessKeyId}`,
      PrincipalId: UserId,
      UserId,
    };
  }
  return {
    AccountId,
    IdentityType: "Account",
    Arn: `acs:ram::${accountId}:root`,
    PrincipalId: accountId,
    UserId: accountId,
  };
}
