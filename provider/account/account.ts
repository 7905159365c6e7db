import { type Clock, untilAborted } from "../base/clock";
import { NoCredentials, OperationAborted } from "../base/errors";
import { entry } from "../base/objects";
import { type CallContext, LiveClient } from "../live/client";
import { LiveError, NOT_SENT, refusesCredential } from "../live/errors";
import type { Pacer } from "../live/pacing";
import type { Credential, Transport } from "../live/request";
import { Roster } from "../live/roster";
import type { Action } from "../live/types";
import { endpointOverride, type Sources, skipsAccountCheck, trustsEmptyList } from "./config";
import { type Credentials, credentialsOf, sameCredential } from "./credentials";
import { endpointText, resolveEndpoint } from "./endpoint";
import type { SourceTransport } from "./source-request";
import { StandIn } from "./stand-in";

/** What all resources of one plugin process share. */
export interface Dependencies {
  clock: Clock;
  pacer: Pacer;
  transport: Transport;
  /** Sends the requests to sources of credentials; for tests. */
  sourceTransport?: SourceTransport;
}

/** ApsaraVideo Live in one region, as one account sees it. */
export interface Service {
  region: string;
  /** The endpoint in use, as outputs record it. */
  endpoint: string;
  client: LiveClient;
  roster: Roster;
  skipsAccountCheck: boolean;
  /** Whether the user confirms that an empty list of the account is no outage. */
  trustsEmptyList: boolean;
  /** The id of the account of a credential, by default of the one in use: STS is asked once for each access key. */
  whoami(context: CallContext, credential?: Credential): Promise<string>;
}

/** The services of one configuration, made when first asked for. Nothing is read or sent before. */
export class Account {
  private readonly services = new Map<string, Service>();
  private readonly identities = new Map<string, Promise<string>>();
  private readonly credentials: Credentials;
  private readonly standIn: StandIn;
  /** The account that STS named first: credentials of another end the operation. */
  private accountId: string | undefined;
  /** The access key that was seen first. */
  private firstKey: string | undefined;

  constructor(
    readonly sources: Sources,
    private readonly dependencies: Dependencies,
  ) {
    this.credentials = credentialsOf(sources, dependencies.clock, dependencies.sourceTransport);
    this.standIn = new StandIn(sources, dependencies.clock, dependencies.sourceTransport);
  }

  in(region: string): Service {
    return entry(this.services, region, () => this.open(region));
  }

  private open(region: string): Service {
    const endpoint = resolveEndpoint("live", region, endpointOverride(this.sources, "live"));
    const stsEndpoint = resolveEndpoint("sts", region, endpointOverride(this.sources, "sts"));
    const client: LiveClient = new LiveClient({
      ...this.dependencies,
      env: this.sources.env,
      region,
      endpoint,
      stsEndpoint,
      credential: (context, action) => this.credential(client, context, action),
      renew: (refused, error, context) => this.renew(refused, error, client, context),
      rateLimitKey: (context, action) => this.rateLimitKey(client, context, action),
      onChange: (monitorId, action) => {
        if (action !== "CreateLiveStreamMonitor") {
          // An older list does not show a new session, so nothing in it can mislead.
          roster.changed(monitorId);
        }
      },
    });
    const roster = new Roster(client, this.dependencies.clock);
    return {
      region,
      endpoint: endpointText(endpoint),
      client,
      roster,
      skipsAccountCheck: skipsAccountCheck(this.sources),
      trustsEmptyList: trustsEmptyList(this.sources),
      whoami: async (context, credential) => {
        const accountId = await (credential === undefined
          ? this.whoami(client, context)
          : this.whose(credential, client, context));
        this.accountId ??= accountId;
        return accountId;
      },
    };
  }

  /**
   * What the speed limits go by. They are the account's, so neither a token that was renewed, which brings another key, nor
   * another region may open a second queue beside the first. The key is asked for each time, so that it is renewed before a
   * call's turn has come, and not after.
   */
  private async rateLimitKey(client: LiveClient, context: CallContext, action: Action): Promise<string> {
    const { accessKeyId } = await this.credential(client, context, action);
    this.firstKey ??= accessKeyId;
    return this.firstKey;
  }

  /** The credential for a call. A new one is used only once it is known to be of the same account as the one before. */
  private async credential(client: LiveClient, context: CallContext, action: Action): Promise<Credential> {
    const onWait = (failure: Error, retryInMs: number) => {
      const error = new LiveError({ action, code: NOT_SENT, message: `no credentials: ${failure.message}` });
      context.observe({ action, what: "failed", error, retryInMs });
    };
    const credential =
      (await this.standIn.credentialFor(context)) ?? (await this.credentials.get(context.signal, onWait));
    const before = this.accountId;
    if (before === undefined || skipsAccountCheck(this.sources)) {
      return credential;
    }
    const now = await this.whose(credential, client, context);
    if (now !== before) {
      throw new NoCredentials(
        `The credentials changed from account ${before} to account ${now} while the command ran. Nothing was sent as account ${now}. Sessions of account ${before} may run and cost money; they stay in the state. Use credentials of one account, then run the command again.`,
        "wrong-account",
      );
    }
    return credential;
  }

  /** Whether another credential can take the place of one that was refused: a newer one of the same source, or a stand-in. */
  private async renew(
    refused: Credential,
    error: LiveError,
    client: LiveClient,
    context: CallContext,
  ): Promise<boolean> {
    const standIn = await this.standIn.credentialFor(context);
    if (standIn !== undefined) {
      // Refused just before the other took its place.
      return !sameCredential(standIn, refused);
    }
    if ((await this.credentials.renew(refused, context.signal)) !== undefined) {
      return true;
    }
    return this.standIn.activate(error, context, (credential) => this.whose(credential, client, context));
  }

  /** The account of the credential in use, which may turn out to be outdated only now. */
  private async whoami(client: LiveClient, context: CallContext): Promise<string> {
    const credential = await this.credential(client, context, "GetCallerIdentity");
    try {
      return await this.whose(credential, client, context);
    } catch (error) {
      const isRefused = error instanceof LiveError && refusesCredential(error);
      if (!isRefused || !(await this.renew(credential, error, client, context))) {
        throw error;
      }
      return this.whose(await this.credential(client, context, "GetCallerIdentity"), client, context);
    }
  }

  /** Many resources ask at once: one of them asks the cloud, the others share its answer. */
  private async whose(credential: Credential, client: LiveClient, context: CallContext): Promise<string> {
    const { accessKeyId } = credential;
    for (;;) {
      const asked = this.identities.get(accessKeyId);
      if (asked === undefined) {
        break;
      }
      try {
        return await untilAborted(asked, context.signal);
      } catch (error) {
        context.signal.throwIfAborted();
        if (!(error instanceof OperationAborted)) {
          throw error;
        }
        // Only the one who asked was ended; its question was not answered.
      }
    }
    const identity = client.callerIdentity(credential, context);
    this.identities.set(accessKeyId, identity);
    identity.catch(() => this.identities.delete(accessKeyId));
    return untilAborted(identity, context.signal);
  }
}
