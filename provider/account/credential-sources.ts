import { join } from "node:path";
import { load } from "../base/loading";
import { isText, propertiesOf, withoutUndefined } from "../base/objects";
import { redact } from "../base/redact";
import type { Credential, Endpoint } from "../live/request";
import type { Identity, Way } from "./identity";
import { defaultProfileFile, expectSection, home, type Profiles, readProfiles } from "./profiles";
import type { OidcRole, Role } from "./roles";
import { expectCredentials, type SourceAnswer, SourceFailure, type SourceTransport } from "./source-request";

export interface SourceContext {
  env: Readonly<Record<string, string | undefined>>;
  /** The STS for roles; the library's choice when absent. */
  stsEndpoint: Endpoint | undefined;
  transport: SourceTransport;
}

type Library = typeof import("@alicloud/credentials");
interface LibraryProvider {
  getCredentials(): Promise<{ accessKeyId?: string; accessKeySecret?: string; securityToken?: string }>;
}

/**
 * Reads a credential from the source that an identity names, or throws a `SourceFailure`. Nothing is cached: the library would
 * keep a credential until shortly before it expires, even when the cloud refuses it.
 */
export async function readSource({ way, role }: Identity, context: SourceContext): Promise<Credential> {
  if (way.kind === "none") {
    throw new SourceFailure("final", way.why);
  }
  if (way.kind === "keys" && role === undefined) {
    return way.credential;
  }
  // Loaded late: keys from the configuration or the environment do not need it.
  const library = load("@alicloud/credentials", () => require("@alicloud/credentials") as Library);
  const asker = new Asker(library, context);
  if (way.kind === "default" && role === undefined) {
    return asker.askChain();
  }
  const base = way.kind === "default" ? asker.keys(await asker.askChain()) : await asker.open(way);
  return asker.ask(role === undefined ? base : asker.role(role, base));
}

/** A provider of the library, and its name for messages. */
interface Opened {
  provider: LibraryProvider;
  what: string;
}

class Asker {
  constructor(
    private readonly library: Library,
    private readonly context: SourceContext,
  ) {}

  role(role: Role, base: Opened): Opened {
    const provider = this.library.RAMRoleARNCredentialsProvider.builder()
      .withCredentialsProvider(base.provider as never)
      .withRoleArn(role.roleArn)
      .withRoleSessionName(role.sessionName)
      .withPolicy(role.policy as string)
      .withExternalId(role.externalId as string)
      .withDurationSeconds(role.sessionExpiration as number)
      .build();
    return { provider, what: `role ${redact(role.roleArn)}, assumed with ${base.what}` };
  }

  keys({ accessKeyId, accessKeySecret, securityToken }: Credential): Opened {
    const { StaticAKCredentialsProvider: Key, StaticSTSCredentialsProvider: Token } = this.library;
    const key = Key.builder().withAccessKeyId(accessKeyId).withAccessKeySecret(accessKeySecret);
    const token = Token.builder().withAccessKeyId(accessKeyId).withAccessKeySecret(accessKeySecret);
    const provider = securityToken === undefined ? key.build() : token.withSecurityToken(securityToken).build();
    return { provider, what: "an access key" };
  }

  async open(way: Exclude<Way, { kind: "default" | "none" }>): Promise<Opened> {
    switch (way.kind) {
      case "keys":
        return this.keys(way.credential);
      case "oidc":
        return this.oidc(way.role);
      case "ecs":
        return this.instance(way.roleName);
      case "uri":
        return {
          provider: this.library.URICredentialsProvider.builder().withCredentialsURI(way.uri).build(),
          what: addressOf(way.uri),
        };
      case "profile":
        return this.profile(way.name, way.file);
    }
  }

  private oidc({ roleArn, oidcProviderArn, oidcTokenFile, sessionName, policy, sessionExpiration }: OidcRole): Opened {
    const provider = this.library.OIDCRoleArnCredentialsProvider.builder()
      .withRoleArn(roleArn)
      .withOIDCProviderArn(oidcProviderArn)
      .withOIDCTokenFilePath(oidcTokenFile)
      .withRoleSessionName(sessionName)
      .withPolicy(policy as string)
      .withDurationSeconds(sessionExpiration as number)
      .build();
    return { provider, what: `role ${redact(roleArn)} with the OIDC token in ${oidcTokenFile}` };
  }

  private instance(roleName: string): Opened {
    if (this.context.env.ALIBABA_CLOUD_ECS_METADATA_DISABLED?.toLowerCase() === "true") {
      throw new SourceFailure("final", "ALIBABA_CLOUD_ECS_METADATA_DISABLED forbids to ask for an ECS role");
    }
    const provider = this.library.ECSRAMRoleCredentialsProvider.builder().withRoleName(roleName).build();
    return { provider, what: roleName === "" ? "the ECS role" : `the ECS role "${redact(roleName).slice(0, 64)}"` };
  }

  /** From the file of the Alibaba Cloud CLI, else from the file of the SDKs. */
  private async profile(name: string | undefined, file: string | undefined): Promise<Opened> {
    const { env } = this.context;
    // As in pulumi-alicloud, `~` is the home folder even if no shell expands it.
    const path = file?.replace(/^~(?=$|[/\\])/, () => home(env)) ?? defaultProfileFile(env);
    const isOff = file === undefined && env.ALIBABA_CLOUD_CLI_PROFILE_DISABLED?.toLowerCase() === "true";
    const found = isOff ? undefined : await readProfiles(path, name);
    if (found !== undefined && !("missing" in found)) {
      const provider = this.ofProfile(found, file === undefined);
      return { provider, what: found.runsHelper ? `the helper program of ${found.label}` : found.label };
    }
    const missing = found?.missing ?? `the profile file ${path} does not exist`;
    if (file !== undefined) {
      throw new SourceFailure("final", missing);
    }
    return this.section(name ?? "default", missing);
  }

  private ofProfile({ conf, name, label }: Profiles, isDefaultFile: boolean): LibraryProvider {
    const reader = this.library.CLIProfileCredentialsProvider.builder().withProfileName(name).build();
    const open = reader as unknown as {
      getCredentialsProvider(conf: object, name: string): LibraryProvider;
      createExternalCredentialUpdateCallback: unknown;
      createOAuthTokenUpdateCallback: unknown;
    };
    if (!isDefaultFile) {
      // The library would write the result into the default file.
      open.createExternalCredentialUpdateCallback = () => undefined;
      open.createOAuthTokenUpdateCallback = () => undefined;
    }
    try {
      return open.getCredentialsProvider(conf, name);
    } catch {
      throw new SourceFailure("final", `${label} cannot be used: its sign-in may have expired, or it is incomplete`);
    }
  }

  private section(name: string, missing: string): Opened {
    const { env } = this.context;
    const file = env.ALIBABA_CLOUD_CREDENTIALS_FILE || join(home(env), ".alibabacloud", "credentials");
    const reader = this.library.ProfileCredentialsProvider.builder().withProfileName(name).build();
    Object.assign(reader, { homedir: home(env) });
    const open = reader.getCredentialsProvider.bind(reader);
    reader.getCredentialsProvider = (ini: unknown) => {
      expectSection(ini, name, file);
      return this.prepared(open(ini)) as ReturnType<typeof open>;
    };
    const getCredentials = () =>
      reader.getCredentials().catch((error: unknown) => {
        throw isMissing(error) ? new SourceFailure("final", missing) : error;
      });
    return { provider: { getCredentials }, what: `section "${redact(name).slice(0, 64)}" of ${file}` };
  }

  /** Without any setting: the current profile, the file of the SDKs, the role of the instance. */
  async askChain(): Promise<Credential> {
    const reasons: string[] = [];
    try {
      return await this.ask(await this.profile(undefined, undefined));
    } catch (error) {
      const { kind, message } = error as SourceFailure;
      if (kind !== "final") {
        // It may work in a moment, so no other source replaces it.
        throw error;
      }
      reasons.push(message);
    }
    try {
      return await this.ask(this.instance(""));
    } catch (error) {
      const { kind, message, isAnswer } = error as SourceFailure;
      if (kind === "again" && isAnswer) {
        throw error;
      }
      reasons.push(message);
    }
    throw new SourceFailure("final", reasons.join("; "));
  }

  async ask({ provider, what }: Opened): Promise<Credential> {
    let found: Awaited<ReturnType<LibraryProvider["getCredentials"]>>;
    try {
      found = await this.prepared(provider).getCredentials();
    } catch (error) {
      if (error instanceof SourceFailure) {
        throw error;
      }
      // The exit of a helper program does not tell why it failed.
      const hasFailed = /^failed to execute external command/.test(error instanceof Error ? error.message : "");
      const why = isMissing(error) ? "needs a file that cannot be read" : hasFailed ? "failed" : "gave none";
      throw new SourceFailure(hasFailed ? "briefly" : "final", `${what} ${why}`);
    }
    const { accessKeyId, accessKeySecret, securityToken } = found;
    if (![accessKeyId, accessKeySecret, securityToken || "-"].every((part) => isText(part) && part !== "")) {
      throw new SourceFailure("final", `${what} gave no complete access key`);
    }
    return withoutUndefined({ accessKeyId, accessKeySecret, securityToken: securityToken || undefined }) as Credential;
  }

  /** Puts our transport and the configured STS into a provider of the library, and into its inner providers. */
  private prepared(provider: LibraryProvider): LibraryProvider {
    const { stsEndpoint } = this.context;
    let each = provider as Partial<LibraryInternals> | undefined;
    for (; each !== undefined; each = each.credentialsProvider) {
      if (each.stsEndpoint !== undefined && stsEndpoint !== undefined) {
        each.stsEndpoint = stsEndpoint.host;
      }
      if (each.doRequest !== undefined) {
        const sts = each.stsEndpoint;
        each.doRequest = (request) => this.send(request, sts);
      }
    }
    return provider;
  }

  private async send(request: LibraryRequest, sts: string | undefined): Promise<SourceAnswer> {
    const { env, stsEndpoint, transport } = this.context;
    const written = request.toRequestURL();
    const isPlain = sts !== undefined && stsEndpoint?.protocol === "http";
    const url = isPlain ? written.replace(/^https:/, "http:") : written;
    const form = Object.entries(request.bodyForm ?? {}).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
    const answer = await transport({
      url,
      method: request.method,
      headers: withoutUndefined(request.headers ?? {}),
      body: form.length > 0 ? form.join("&") : request.bodyBytes?.toString(),
      timeoutMs: (request.connectTimeout || 5_000) + (request.readTimeout || 10_000),
      env,
    });
    expectCredentials(new URL(url).host, answer, sts !== undefined);
    return answer;
  }
}

/** The library offers these for mocks; there is no other way to its requests. */
interface LibraryInternals {
  doRequest(request: LibraryRequest): Promise<SourceAnswer>;
  stsEndpoint: string;
  credentialsProvider: Partial<LibraryInternals>;
}

interface LibraryRequest {
  toRequestURL(): string;
  method: string;
  headers?: Record<string, string>;
  bodyForm?: Record<string, string>;
  bodyBytes?: Buffer;
  connectTimeout?: number;
  readTimeout?: number;
}

function isMissing(error: unknown): boolean {
  return ["ENOENT", "EACCES", "ENOTDIR"].includes(String(propertiesOf(error).code));
}

/** A URL without its query, which may hold a token. */
function addressOf(uri: string): string {
  const { origin, pathname } = new URL(uri);
  return `the address ${origin}${pathname}`;
}
