import { parsed, withoutUndefined } from "../base/objects";
import { redact } from "../base/redact";
import { isObject } from "../live/types";
import { meantBy } from "../model/setting-names";
import { type Sources, setting } from "./config";

/** A RAM role that is assumed with other credentials. */
export interface Role {
  roleArn: string;
  sessionName: string;
  policy?: string | undefined;
  externalId?: string | undefined;
  sessionExpiration?: number | undefined;
}

/** A RAM role that is assumed with a token of an OIDC provider. */
export interface OidcRole extends Omit<Role, "externalId"> {
  oidcProviderArn: string;
  oidcTokenFile: string;
}

type Complain = (name: string, reason: string) => void;

/** `alicloud:assumeRole` if it is complete. Otherwise complains, and no role is assumed. */
export function roleToAssume(sources: Sources, complain: Complain): Role | undefined {
  const name = "assumeRole";
  const known = ["roleArn", "sessionName", "policy", "externalId", "sessionExpiration"];
  const fields = fieldsOf(sources, name, known, complain);
  if (fields === undefined || !isRoleArn(fields.roleArn, name, complain)) {
    return undefined;
  }
  const { roleArn, sessionName = "pulumi", policy, externalId, sessionExpiration } = fields;
  return withoutUndefined({ roleArn, sessionName, policy, externalId, sessionExpiration: seconds(sessionExpiration) });
}

/** The role that the environment names, as in pulumi-alicloud, for credentials from the environment. */
export function environmentRole(sources: Sources, complain: Complain): Role | undefined {
  const read = (end: string) => setting(sources, undefined, `ALICLOUD_ASSUME_ROLE_${end}`);
  const [roleArn, expiration, sessionName = "pulumi"] = ["ARN", "SESSION_EXPIRATION", "SESSION_NAME"].map(read);
  if (roleArn === undefined || !isRoleArn(roleArn, "ALICLOUD_ASSUME_ROLE_ARN", complain)) {
    return undefined;
  }
  if (expiration !== undefined && !isExpiration(expiration)) {
    complain("ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION", "must be a whole number of seconds from 900 to 43200");
    return undefined;
  }
  return withoutUndefined({ roleArn, sessionName, sessionExpiration: seconds(expiration) });
}

function seconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function isExpiration(seconds: unknown): boolean {
  return Number.isInteger(Number(seconds)) && Number(seconds) >= 900 && Number(seconds) <= 43_200;
}

/** `alicloud:assumeRoleWithOidc`; missing fields come from the variables that a pod with an OIDC role has. */
export function oidcRole(sources: Sources, complain: Complain): OidcRole | undefined {
  const name = "assumeRoleWithOidc";
  const known = ["roleArn", "oidcProviderArn", "oidcTokenFile", "roleSessionName", "policy", "sessionExpiration"];
  const fields = fieldsOf(sources, name, known, complain);
  if (fields === undefined) {
    return undefined;
  }
  const { roleSessionName, policy } = fields;
  const variable = (each: string) => setting(sources, undefined, each);
  const roleArn = fields.roleArn ?? variable("ALIBABA_CLOUD_ROLE_ARN");
  const oidcProviderArn = fields.oidcProviderArn ?? variable("ALIBABA_CLOUD_OIDC_PROVIDER_ARN");
  const oidcTokenFile = fields.oidcTokenFile ?? variable("ALIBABA_CLOUD_OIDC_TOKEN_FILE");
  if (!isRoleArn(roleArn, name, complain)) {
    return undefined;
  }
  if (oidcProviderArn === undefined || oidcTokenFile === undefined) {
    complain(name, `lacks \`${oidcProviderArn === undefined ? "oidcProviderArn" : "oidcTokenFile"}\``);
    return undefined;
  }
  const sessionName = roleSessionName ?? variable("ALIBABA_CLOUD_ROLE_SESSION_NAME") ?? "pulumi";
  const sessionExpiration = seconds(fields.sessionExpiration);
  return withoutUndefined({ roleArn, oidcProviderArn, oidcTokenFile, sessionName, policy, sessionExpiration });
}

/** The fields of a structured setting, all as text; `undefined` if it is absent or wrong. */
function fieldsOf(
  sources: Sources,
  name: string,
  known: string[],
  complain: Complain,
): Record<string, string | undefined> | undefined {
  const value = sources.config(`alicloud:${name}`);
  if (value === undefined) {
    return undefined;
  }
  const object = parsed(value);
  if (!isObject(object)) {
    const what = value.trim() === "" ? "is empty: it" : Array.isArray(object) ? "is a list: it" : "";
    complain(name, `${what} must be one JSON object such as {"roleArn": "acs:ram::<account>:role/<name>"}`.trim());
    return undefined;
  }
  const fields: Record<string, string> = {};
  let isRight = true;
  const refuse = (reason: string) => {
    complain(name, reason);
    isRight = false;
  };
  for (const [key, field] of Object.entries(object)) {
    if (name === "assumeRoleWithOidc" && key === "oidcToken") {
      refuse("has `oidcToken`, which is not supported: it would be saved and expire. Use `oidcTokenFile`");
    } else if (!known.includes(key)) {
      const meant = meantBy(key, known);
      const hint = meant === undefined ? "" : `; did you mean \`${meant}\`?`;
      refuse(`has \`${redact(key).slice(0, 64)}\`, which is unknown${hint}`);
    } else if (key === "sessionExpiration" && field !== null) {
      if (isExpiration(field)) {
        fields[key] = String(Number(field));
      } else {
        refuse("must have a whole number of seconds from 900 to 43200 as `sessionExpiration`");
      }
    } else if (typeof field === "string" && field.trim() !== "") {
      fields[key] = field.trim();
    } else if (field !== null) {
      refuse(`must have a non-empty text as \`${key}\``);
    }
  }
  return isRight ? fields : undefined;
}

function isRoleArn(roleArn: string | undefined, name: string, complain: Complain): roleArn is string {
  if (roleArn === undefined) {
    complain(name, "lacks `roleArn`");
    return false;
  }
  if (!/^acs:ram::[^:\s]+:role\/\S+$/i.test(roleArn)) {
    complain(name, "must have a role such as acs:ram::<account>:role/<name> as `roleArn`");
    return false;
  }
  return true;
}
