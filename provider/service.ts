import { type Clock, untilAborted } from "./clock";
import { type CredentialSource, credentialSource } from "./credentials";
import { endpointText, resolveEndpoint } from "./endpoint";
import { Ended } from "./failure";
import { type CallContext, LiveClient } from "./live/client";
import { Watch } from "./live/others";
import type { Pacer } from "./live/pacing";
import { Roster } from "./live/roster";
import type { Transport } from "./live/transport";
import { stackPartOf } from "./names";
import { endpointOverride, type Sources, skipsAccountCheck, trustsEmptyList } from "./settings";

/** What all resources of one plugin process share. */
export interface World {
  clock: Clock;
  pacer: Pacer;
  transport: Transport;
}

/** ApsaraVideo Live in one region, as one account sees it. */
export interface Service {
  region: string;
  /** The endpoint in use, as outputs record it. */
  endpoint: string;
  client: LiveClient;
  roster: Roster;
  skipsAccountCheck: boolean;
  /** Whether the user says that an empty list of the account is no outage. */
  trustsEmptyList: boolean;
  /** The id of the account that the credentials belong to: one question per access key. */
  whoami(context: CallContext): Promise<string>;
  /** The same of a key that was used: `undefined` when the credentials have changed since, and nobody asked whose it was. */
  whoseKey(accessKeyId: string, context: CallContext): Promise<string | undefined>;
}

/** The services of one configuration, made when first asked for. Nothing is read or sent before. */
export class Account {
  private readonly services = new Map<string, Service>();
  private readonly identities = new Map<string, Promise<string>>();
  private readonly credential: CredentialSource;
  /** One for all regions: no document says whether a list shows one or all of them. */
  private readonly watch = new Watch(stackPartOf);
  /** The access key that was seen first. */
  private firstKey: string | undefined;

  constructor(
    readonly sources: Sources,
    private readonly world: World,
  ) {
    this.credential = credentialSource(sources);
  }

  in(region: string): Service {
    const service = this.services.get(region) ?? this.open(region);
    this.services.set(region, service);
    return service;
  }

  private open(region: string): Service {
    const endpoint = resolveEndpoint("live", region, endpointOverride(this.sources, "live"));
    const stsEndpoint = resolveEndpoint("sts", region, endpointOverride(this.sources, "sts"));
    const client: LiveClient = new LiveClient({
      ...this.world,
      env: this.sources.env,
      region,
      endpoint,
      stsEndpoint,
      credential: this.credential,
      account: () => this.name(),
      onChange: (monitorId, action) => {
        if (action !== "CreateLiveStreamMonitor") {
          // An older list does not show a new session, so nothing in it can mislead.
          roster.changed(monitorId);
        }
        this.watch.changes(monitorId, action);
      },
    });
    const { pacer, clock } = this.world;
    const roster = new Roster(client, clock, {
      isWanted: () => this.firstKey !== undefined && pacer.isShared(this.firstKey),
      see: (scan) => {
        const others = this.watch.compare(region, scan);
        if (others !== undefined && this.firstKey !== undefined) {
          pacer.sees(this.firstKey, region, others);
        }
      },
    });
    return {
      region,
      endpoint: endpointText(endpoint),
      client,
      roster,
      skipsAccountCheck: skipsAccountCheck(this.sources),
      trustsEmptyList: trustsEmptyList(this.sources),
      whoami: (context) => this.whoami(client, context),
      whoseKey: (accessKeyId, context) => this.whoseKey(accessKeyId, client, context),
    };
  }

  /**
   * What the speed limits go by. They are the account's, so neither a token that was renewed, which brings another key, nor
   * another region may open a second queue beside the first. The key is asked for each time, so that it is renewed before a
   * call's turn has come, and not after.
   */
  private async name(): Promise<string> {
    const { accessKeyId } = await this.credential();
    this.firstKey ??= accessKeyId;
    return this.firstKey;
  }

  private async whoseKey(asked: string, client: LiveClient, context: CallContext): Promise<string | undefined> {
    const { accessKeyId } = await untilAborted(this.credential(), context.signal);
    const known = accessKeyId === asked ? this.whoami(client, context) : this.identities.get(asked);
    return known === undefined ? undefined : untilAborted(known, context.signal);
  }

  /** Many resources ask at once: one of them asks the cloud, the others share its answer. */
  private async whoami(client: LiveClient, context: CallContext): Promise<string> {
    const { accessKeyId } = await untilAborted(this.credential(), context.signal);
    for (;;) {
      const asked = this.identities.get(accessKeyId);
      if (asked === undefined) {
        break;
      }
      try {
        return await untilAborted(asked, context.signal);
      } catch (error) {
        context.signal.throwIfAborted();
        if (!(error instanceof Ended)) {
          throw error;
        }
        // Only the one who asked was ended; its question was not answered.
      }
    }
    const identity = client.callerIdentity(context);
    this.identities.set(accessKeyId, identity);
    identity.catch(() => this.identities.delete(accessKeyId));
    return untilAborted(identity, context.signal);
  }
}
