import { ifPossible, isText, withoutUndefined } from "../base/objects";
import { redact } from "../base/redact";
import type { Credential } from "../live/request";
import { misspeltSettings } from "../model/setting-names";
import { endpointEntries, type Sources, setting } from "./config";
import { parseEndpoint } from "./endpoint";
import { environmentRole, type OidcRole, oidcRole, type Role, roleToAssume } from "./roles";

/** One way to credentials. */
export type Way =
  | { kind: "keys"; credential: Credential }
  | { kind: "oidc"; role: OidcRole }
  | { kind: "profile"; name: string | undefined; file: string | undefined }
  | { kind: "ecs"; roleName: string }
  | { kind: "uri"; uri: string }
  | { kind: "default" }
  | { kind: "none"; why: string };

/** The way to credentials, and the role to assume with them, if any. */
export interface Identity {
  way: Way;
  role?: Role;
  /** The settings or variables that name it, for messages. */
  named: string;
  /** The nearest place that names anything. */
  place: "configuration" | "environment" | "nowhere";
}

/** A setting that cannot be used. */
export interface Mistake {
  setting: string;
  reason: string;
}

type Named = Pick<Identity, "way" | "named">;

/**
 * Decides which credentials to use. Any way that the configuration (of the stack, or of an explicit provider) names comes before
 * the environment, even before a complete access key there. Only a role without credentials is assumed with those of the
 * environment.
 */
export function readIdentity(sources: Sources): { identity: Identity; mistakes: Mistake[] } {
  const mistakes: Mistake[] = misspeltSettings(sources).map(({ key, meant }) => ({
    setting: key,
    reason: `is not a setting; did you mean \`${meant}\`?`,
  }));
  const complain = (name: string, reason: string) => mistakes.push({ setting: `alicloud:${name}`, reason });
  const configured = configuredWays(sources, complain);
  const role = roleToAssume(sources, complain);
  checkRest(sources, complain);
  if (configured.length > 1) {
    const names = configured.map(({ named }) => named).join(" and ");
    mistakes.push({ setting: names, reason: "name more than one identity: keep one of them" });
  }
  const [nearest] = configured;
  if (nearest === undefined && role === undefined) {
    const identity = environmentIdentity(sources, mistakes);
    const assumed = environmentRole(sources, (setting, reason) => mistakes.push({ setting, reason }));
    const inRole = { ...withRole(identity, assumed, "ALICLOUD_ASSUME_ROLE_ARN"), place: "environment" } as const;
    return { identity: assumed === undefined ? identity : inRole, mistakes };
  }
  const base = withRole(nearest ?? environmentIdentity(sources, mistakes), role, "`alicloud:assumeRole`");
  return { identity: { ...base, place: "configuration" }, mistakes };
}

function withRole({ way, named }: Named, role: Role | undefined, roleName: string) {
  const names = [role === undefined ? "" : roleName, named].filter((name) => name !== "");
  return withoutUndefined({ way, role, named: names.join(" with ") });
}

type Complain = (name: string, reason: string) => void;

/** A text setting. An empty one is a mistake, not an absent setting. */
function text(sources: Sources, name: string, complain: Complain): string | undefined {
  const value = sources.config(`alicloud:${name}`);
  if (value === undefined) {
    return undefined;
  }
  if (value.trim() === "") {
    complain(name, "is empty: give it a value, or remove it");
    return undefined;
  }
  if (/^\s*[[{]/.test(value)) {
    complain(name, "must be a text, not an object or a list");
    return undefined;
  }
  return value.trim();
}

function configuredWays(sources: Sources, complain: Complain): Named[] {
  const names = "accessKey secretKey securityToken profile sharedCredentialsFile ecsRoleName credentialsUri".split(" ");
  const [id, secret, token, profile, ownFile, ecs, uri] = names.map((name) => text(sources, name, complain));
  const ways: Named[] = [];
  if (id !== undefined && secret !== undefined) {
    ways.push({ way: { kind: "keys", credential: credentialOf(id, secret, token) }, named: "`alicloud:accessKey`" });
  } else if (id !== undefined || secret !== undefined) {
    const [present, missing] = id === undefined ? ["secretKey", "accessKey"] : ["accessKey", "secretKey"];
    complain(present as string, `is set without \`alicloud:${missing}\`: set both, or neither`);
  } else if (token !== undefined) {
    complain("securityToken", "is set without `alicloud:accessKey` and `alicloud:secretKey`, which it belongs to");
  }
  const oidc = oidcRole(sources, complain);
  if (oidc !== undefined) {
    ways.push({ way: { kind: "oidc", role: oidc }, named: "`alicloud:assumeRoleWithOidc`" });
  }
  if (profile !== undefined || ownFile !== undefined) {
    const named = profile === undefined ? "`alicloud:sharedCredentialsFile`" : "`alicloud:profile`";
    ways.push({ way: { kind: "profile", name: profile, file: ownFile ?? environmentFile(sources) }, named });
  }
  if (ecs !== undefined) {
    ways.push({ way: { kind: "ecs", roleName: ecs }, named: "`alicloud:ecsRoleName`" });
  }
  if (uri !== undefined && !isWebUrl(uri)) {
    complain("credentialsUri", "must be an http:// or https:// URL");
  } else if (uri !== undefined) {
    ways.push({ way: { kind: "uri", uri }, named: "`alicloud:credentialsUri`" });
  }
  return ways;
}

/** Settings that name no identity, but decide where credentials are sent and which account they must belong to. */
function checkRest(sources: Sources, complain: Complain): void {
  const protocol = text(sources, "protocol", complain)?.toLowerCase();
  if (protocol !== undefined && protocol !== "http" && protocol !== "https") {
    complain("protocol", "must be HTTP or HTTPS");
  }
  const accountId = text(sources, "accountId", complain);
  if (accountId !== undefined && !/^\d+$/.test(accountId)) {
    complain("accountId", "must be the number of the account");
  }
  checkEndpoints(sources, complain);
}

function checkEndpoints(sources: Sources, complain: Complain): void {
  const entries = endpointEntries(sources);
  if (entries === undefined) {
    complain("endpoints", 'must be JSON such as [{"live": "live.example.com", "sts": "sts.example.com"}]');
  }
  for (const [service, host] of entries ?? []) {
    const meant = service.toLowerCase();
    if (meant !== "live" && meant !== "sts") {
      continue;
    }
    if (service !== meant) {
      complain("endpoints", `has \`${redact(service)}\`; did you mean \`${meant}\`?`);
    } else if (!isText(host) || (host.trim() !== "" && ifPossible(() => parseEndpoint(host.trim())) === undefined)) {
      complain("endpoints", `must have a host name or an http(s) URL without path as \`${service}\``);
    }
  }
}

/** In the order of the default chain of `@alicloud/credentials`; blank counts as unset. */
export function environmentIdentity(sources: Sources, mistakes: Mistake[] = []): Identity {
  const variable = (...names: string[]) => setting(sources, undefined, ...names);
  const found = (way: Way, named: string): Identity => ({ way, named, place: "environment" });
  for (const [id, secret, token] of KEY_VARIABLES) {
    const [keyId, keySecret] = [variable(id), variable(secret)];
    if (keyId !== undefined && keySecret !== undefined) {
      return found({ kind: "keys", credential: credentialOf(keyId, keySecret, variable(token)) }, id);
    }
    if (keyId !== undefined || keySecret !== undefined) {
      const why = `Only one of ${id} and ${secret} is set`;
      const reason = `is set alone. ${why}: set both, or neither`;
      mistakes.push({ setting: keyId === undefined ? secret : id, reason });
      return found({ kind: "none", why }, id);
    }
  }
  const roleArn = variable("ALIBABA_CLOUD_ROLE_ARN");
  const oidcProviderArn = variable("ALIBABA_CLOUD_OIDC_PROVIDER_ARN");
  const oidcTokenFile = variable("ALIBABA_CLOUD_OIDC_TOKEN_FILE");
  if (roleArn !== undefined && oidcProviderArn !== undefined && oidcTokenFile !== undefined) {
    const sessionName = variable("ALIBABA_CLOUD_ROLE_SESSION_NAME") ?? "pulumi";
    const role = { roleArn, oidcProviderArn, oidcTokenFile, sessionName };
    return found({ kind: "oidc", role }, "ALIBABA_CLOUD_OIDC_TOKEN_FILE");
  }
  const profile = variable("ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE");
  const file = environmentFile(sources);
  if (profile !== undefined || file !== undefined) {
    const named = profile === undefined ? "ALICLOUD_SHARED_CREDENTIALS_FILE" : "ALIBABA_CLOUD_PROFILE";
    return found({ kind: "profile", name: profile, file }, named);
  }
  const roleName = variable("ALIBABA_CLOUD_ECS_METADATA", "ALICLOUD_ECS_ROLE_NAME");
  if (roleName !== undefined) {
    return found({ kind: "ecs", roleName }, "ALIBABA_CLOUD_ECS_METADATA");
  }
  const uri = variable("ALIBABA_CLOUD_CREDENTIALS_URI", "ALICLOUD_CREDENTIALS_URI");
  if (uri === undefined) {
    return { way: { kind: "default" }, named: "", place: "nowhere" };
  }
  if (isWebUrl(uri)) {
    return found({ kind: "uri", uri }, "ALIBABA_CLOUD_CREDENTIALS_URI");
  }
  mistakes.push({ setting: "ALIBABA_CLOUD_CREDENTIALS_URI", reason: "must be an http:// or https:// URL" });
  return found({ kind: "none", why: "it is no http:// or https:// URL" }, "ALIBABA_CLOUD_CREDENTIALS_URI");
}

/** Both families of variables; the parts of a key come from one family. */
const KEY_VARIABLES = [
  ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"],
  ["ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"],
] as const;

function environmentFile(sources: Sources): string | undefined {
  return setting(sources, undefined, "ALICLOUD_SHARED_CREDENTIALS_FILE");
}

function credentialOf(accessKeyId: string, accessKeySecret: string, securityToken: string | undefined): Credential {
  return withoutUndefined({ accessKeyId, accessKeySecret, securityToken });
}

function isWebUrl(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}
