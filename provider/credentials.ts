import { Failure } from "./failure";
import type { Credential } from "./live/transport";
import { load } from "./loading";
import { redact } from "./redact";
import { parseJson, type Sources, setting } from "./settings";

/** Gives credentials that are fresh enough for one call; tokens that expire are renewed by the library. */
export type CredentialSource = () => Promise<Credential>;

/**
 * Finds the credentials in pulumi-alicloud's configuration keys, then in the environment under its new and its old
 * names, then by the default chain of `@alicloud/credentials` (OIDC, CLI profile, ECS role). Nothing is read before the
 * first call, and what is found is used for the life of the process.
 */
export function credentialSource(sources: Sources): CredentialSource {
  let client: Promise<CredentialSource> | undefined;
  return async () => {
    client ??= open(sources);
    try {
      return await (await client)();
    } catch (error) {
      client = undefined;
      throw error instanceof Failure ? error : unusable(error, sources);
    }
  };
}

/** Ways to credentials beside an access key, by configuration key, with their variables. */
const WAYS = {
  assumeRole: [],
  assumeRoleWithOidc: ["ALIBABA_CLOUD_OIDC_TOKEN_FILE"],
  ecsRoleName: ["ALIBABA_CLOUD_ECS_METADATA", "ALICLOUD_ECS_ROLE_NAME"],
  credentialsUri: ["ALIBABA_CLOUD_CREDENTIALS_URI", "ALICLOUD_CREDENTIALS_URI"],
  profile: ["ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE"],
} as const;
type Way = keyof typeof WAYS;

async function open(sources: Sources): Promise<CredentialSource> {
  const keys = staticKeys(sources);
  const role = roleToAssume(sources, keys);
  if (role === undefined && keys !== undefined) {
    return async () => keys;
  }
  // Loaded only when it is needed: keys from the configuration or the environment do without it.
  const library = load(
    "@alicloud/credentials",
    () => require("@alicloud/credentials") as typeof import("@alicloud/credentials"),
  );
  const options = role ?? namedSource(sources);
  const profile = named(sources, "profile");
  const client =
    options === undefined && profile !== undefined
      ? new library.default(null, library.CLIProfileCredentialsProvider.builder().withProfileName(profile).build())
      : new library.default(options === undefined ? null : new library.Config(options));
  return async () => {
    const found = await client.getCredential();
    if (!found.accessKeyId || !found.accessKeySecret) {
      throw new Error("the credentials that were found hold no access key");
    }
    return {
      accessKeyId: found.accessKeyId,
      accessKeySecret: found.accessKeySecret,
      ...(found.securityToken ? { securityToken: found.securityToken } : {}),
    };
  };
}

/** An access key from one place: its parts are never mixed from two. */
function staticKeys(sources: Sources): Credential | undefined {
  const { env } = sources;
  const places = [
    {
      name: "alicloud:accessKey and alicloud:secretKey",
      id: sources.config("alicloud:accessKey"),
      secret: sources.config("alicloud:secretKey"),
      token: sources.config("alicloud:securityToken"),
    },
    {
      name: "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET",
      id: env.ALIBABA_CLOUD_ACCESS_KEY_ID,
      secret: env.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
      token: env.ALIBABA_CLOUD_SECURITY_TOKEN,
    },
    {
      name: "ALICLOUD_ACCESS_KEY and ALICLOUD_SECRET_KEY",
      id: env.ALICLOUD_ACCESS_KEY,
      secret: env.ALICLOUD_SECRET_KEY,
      token: env.ALICLOUD_SECURITY_TOKEN,
    },
  ];
  for (const { name, id, secret, token } of places) {
    if (id?.trim() && secret?.trim()) {
      const securityToken = token?.trim() ? { securityToken: token.trim() } : {};
      return { accessKeyId: id.trim(), accessKeySecret: secret.trim(), ...securityToken };
    }
    if (id?.trim() || secret?.trim()) {
      throw new Failure(
        `Only one of ${name} is set. Nothing was sent. Set both, or neither, and run the command again.`,
      );
    }
  }
  return undefined;
}

function roleToAssume(sources: Sources, keys: Credential | undefined): Record<string, unknown> | undefined {
  const role = objectSetting(sources, "assumeRole");
  const oidc = objectSetting(sources, "assumeRoleWithOidc");
  if (role?.roleArn !== undefined) {
    if (keys === undefined) {
      throw new Failure(
        "`alicloud:assumeRole` needs an access key to assume the role with, and none is set. Nothing was sent. Set `alicloud:accessKey` and `alicloud:secretKey`, or ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET.",
      );
    }
    return {
      type: "ram_role_arn",
      ...keys,
      roleArn: role.roleArn,
      roleSessionName: role.sessionName ?? "pulumi",
      policy: role.policy,
      externalId: role.externalId,
      roleSessionExpiration: role.sessionExpiration,
    };
  }
  if (oidc?.roleArn !== undefined) {
    return {
      type: "oidc_role_arn",
      roleArn: oidc.roleArn,
      oidcProviderArn: oidc.oidcProviderArn,
      oidcTokenFilePath: oidc.oidcTokenFile,
      roleSessionName: oidc.roleSessionName ?? "pulumi",
      policy: oidc.policy,
      roleSessionExpiration: oidc.sessionExpiration,
    };
  }
  return undefined;
}

function namedSource(sources: Sources): Record<string, unknown> | undefined {
  const roleName = named(sources, "ecsRoleName");
  const uri = named(sources, "credentialsUri");
  if (uri !== undefined) {
    return { type: "credentials_uri", credentialsURI: uri };
  }
  return roleName === undefined ? undefined : { type: "ecs_ram_role", roleName };
}

function objectSetting(sources: Sources, key: string): Record<string, unknown> | undefined {
  const text = setting(sources, key);
  const parsed = text === undefined ? undefined : parseJson(key, text);
  return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined;
}

/** What the library says of places that nobody named is of no use to anybody; what it says of a named one is the reason. */
function unusable(error: unknown, sources: Sources): Failure {
  const places = namedPlaces(sources);
  const uri = named(sources, "credentialsUri");
  const why = redact(error instanceof Error ? error.message : error, [uri])
    .slice(0, 200)
    .replace(/\.+$/, "");
  const what =
    places.length === 0
      ? "No Alibaba Cloud credentials were found: none in the configuration, in the environment, in a profile of the Alibaba Cloud CLI, or from an ECS role."
      : `No credentials could be had by ${places.join(" and ")}: ${why}.`;
  return new Failure(
    `${what} Nothing was sent, and the state is as it was. Set \`alicloud:accessKey\` and \`alicloud:secretKey\` with \`pulumi config set --secret\`, or ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET in the environment. On destroy and refresh Pulumi uses the configuration saved by the last \`pulumi up\` unless \`--run-program\` is given; the environment is always read.`,
  );
}

/** The ways to credentials that somebody has set, by the names of their settings. */
function namedPlaces(sources: Sources): string[] {
  return (Object.keys(WAYS) as Way[])
    .filter((key) => named(sources, key) !== undefined)
    .map((key) => `\`alicloud:${key}\`${WAYS[key][0] === undefined ? "" : ` or ${WAYS[key][0]}`}`);
}

/** A way that is named by the configuration or, after that, by one of its variables. */
function named(sources: Sources, key: Way): string | undefined {
  return setting(sources, key, ...WAYS[key]);
}
