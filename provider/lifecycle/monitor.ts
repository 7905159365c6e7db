import { Account, type Dependencies } from "../account/account";
import { ON_DELETE_VARIABLE, type Sources } from "../account/config";
import { ifPossible, withoutUndefined } from "../base/objects";
import { redactMessage } from "../base/redact";
import type { LiveStreamMonitor } from "../live/types";
import { INPUT_KEYS, type OnDelete } from "../model/fields";
import { layoutWarnings } from "../model/layout";
import { secretTexts } from "../model/secrets";
import { ignoredSettings } from "../model/setting-names";
import { isFromGet, ORIGIN, type Properties, type Understood, understood, urnIn } from "../model/state";
import { check } from "./check";
import { create } from "./create";
import { destroy, destroyListed } from "./delete";
import { diff, type MonitorDiff } from "./diff";
import { finalError, lastWords } from "./final-error";
import { type AccountSessions, type ListedSession, list } from "./list";
import {
  type Context,
  type Operation,
  type OperationName,
  type Supervisor,
  underDeadline,
  type VerbName,
} from "./operation";
import { settingMistakes } from "./origin";
import { Ownership } from "./ownership";
import { timeoutFor } from "./policies";
import type { EngineClient } from "./progress";
import { type ReadResult, read } from "./read";
import { update } from "./update";

/** What a lifecycle runs on. A test brings its own; a plugin process has exactly one. */
export interface LifecycleDependencies extends Dependencies {
  engine: EngineClient;
  supervisor: Supervisor;
}

/** What Pulumi says beside the properties. */
interface Call {
  urn?: string | undefined;
  limitMs?: number | undefined;
  /** The session, if it exists already. */
  monitorId?: string;
}

/**
 * The life of stream monitors, as Pulumi's verbs. A face translates Pulumi's wire into these calls and back, and decides
 * nothing. `urn` is the resource's URN in this run, where it is known, `limitMs` what the resource's `customTimeouts` say, where
 * Pulumi passes them. Every failure is a `MonitorError`.
 */
export class MonitorLifecycle {
  private readonly account: Account;
  private readonly ownership = new Ownership();
  private hasToldIgnored = false;

  constructor(
    private readonly sources: Sources,
    private readonly dependencies: LifecycleDependencies,
  ) {
    this.account = new Account(sources, dependencies);
  }

  /** Completes the arguments, and tells every mistake in them and in the settings. */
  async check(olds: Properties, news: Properties): Promise<{ inputs: Properties; mistakes: string[] }> {
    this.ownership.isProgramRunning = true;
    return this.failing("check", news, async () => {
      const { inputs, failures } = check(olds, news, this.sources, () => this.dependencies.clock.random());
      const mistakes = failures.map(({ property, reason }) => `\`${property}\` ${reason}`);
      await this.warnOfLayout(inputs, failures.length === 0);
      return { inputs, mistakes: [...mistakes, ...settingMistakes(this.sources)].map((each) => redactMessage(each)) };
    });
  }

  /** What an update would do. */
  async diff(monitorId: string, olds: Properties, news: Properties): Promise<MonitorDiff> {
    return this.failing("diff", news, async () => {
      if (!isFromGet(news)) {
        this.ownership.register(monitorId, [urnIn(olds), urnIn(news)]);
      }
      return diff(olds, news);
    });
  }

  /** Creates or adopts a session. */
  create(inputs: Properties, urn: string | undefined, limitMs?: number): Promise<{ id: string; state: Properties }> {
    return this.run("create", inputs, INPUT_KEYS, { urn, limitMs }, create);
  }

  /** Reads a session; `undefined` when it is certainly gone. */
  read(monitorId: string, olds: Properties, urn: string | undefined): Promise<ReadResult | undefined> {
    if (!isFromGet(olds)) {
      this.ownership.see(monitorId);
    }
    return this.run("read", olds, ORIGIN, { urn, monitorId }, (old, context) => read(monitorId, old, context));
  }

  /** Brings a session to the declared state. Returns the new state. */
  update(
    monitorId: string,
    olds: Properties,
    news: Properties,
    urn: string | undefined,
    limitMs?: number,
  ): Promise<Properties> {
    this.ownership.see(monitorId);
    return this.run("update", news, INPUT_KEYS, { urn, limitMs, monitorId }, (declared, context) =>
      update(monitorId, understood(olds, ORIGIN), declared, context),
    );
  }

  /** Stops or waits for a session, and deletes it. Returns when it is gone. */
  delete(monitorId: string, olds: Properties, urn: string | undefined, limitMs?: number): Promise<void> {
    const { engine } = this.dependencies;
    const isOverridden = Boolean(this.sources.env[ON_DELETE_VARIABLE]?.trim());
    const needed = isOverridden ? ORIGIN : [...ORIGIN, "onDelete"];
    return this.run("delete", olds, needed, { urn, limitMs, monitorId }, async (old, context) => {
      this.ownership.isProgramRunning ??= (await engine.runsProgram?.()) ?? true;
      await destroy(monitorId, old, context);
    });
  }

  /** Deletes a session that no stack has, unless it has changed since it was listed. */
  deleteListed({ monitorId, name, startTime, record }: ListedSession, onDelete: OnDelete): Promise<void> {
    const given = { ...record, monitorId, monitorName: name, onDelete };
    const isSame = (live: LiveStreamMonitor) =>
      live.MonitorName === name && (live.StartTime || undefined) === startTime;
    return this.run("delete", given, ORIGIN, { monitorId }, (old, context) =>
      destroyListed({ ...old, monitorId, onDelete }, isSame, context),
    );
  }

  /** The sessions of the account in a region, by default the configured one, without anything secret. */
  list(region?: string): Promise<AccountSessions> {
    const asked = withoutUndefined({ region });
    return this.run("read", asked, [], {}, ({ region: given }, context) => list(given, context));
  }

  /** The documents forbid none of it, so the session is made as declared. */
  private async warnOfLayout({ inputList, ...inputs }: Properties, isSound: boolean): Promise<void> {
    const warnings = isSound && Array.isArray(inputList) ? layoutWarnings(inputList) : [];
    if (warnings.length > 0) {
      const text = `The layout may not be what is meant: ${warnings.join("; ")}. The session is made as declared.`;
      await this.dependencies.engine.log({ urn: urnIn(inputs), text, severity: "warning", ephemeral: false });
    }
  }

  private run<T>(
    name: OperationName,
    given: Properties,
    needed: readonly string[],
    { urn, limitMs, monitorId }: Call,
    verb: (properties: Understood, context: Context) => Promise<T>,
  ): Promise<T> {
    const { clock, engine, supervisor } = this.dependencies;
    return this.failing(name, given, async () => {
      const properties = understood(given, needed);
      const timeoutMs = timeoutFor(name, properties, this.sources.env, limitMs);
      const options = {
        name,
        timeoutMs,
        urn,
        clock,
        engine,
        subject: monitorId && subjectOf(monitorId, properties),
        secrets: (isForeign?: boolean) => secretTexts(properties, isForeign),
      };
      return underDeadline(options, supervisor, async (operation) => {
        this.tellIgnored(operation);
        try {
          const { account, ownership } = this;
          return await verb(properties, { account, ownership, operation });
        } catch (error) {
          const last = await lastWords(error, operation);
          operation.lastError = finalError(name, last, secretTexts(properties)).message;
          throw last;
        }
      });
    });
  }

  private async failing<T>(name: VerbName, properties: Properties, body: () => Promise<T>) {
    try {
      return await body();
    } catch (error) {
      // The properties may be what the error is about, so nothing in them is certain.
      throw finalError(name, error, ifPossible(() => secretTexts(properties)) ?? []);
    }
  }

  /** Once for the process, for the user who sets them for other resources of the stack. */
  private tellIgnored(operation: Operation): void {
    const ignored = this.hasToldIgnored ? [] : ignoredSettings(this.sources);
    this.hasToldIgnored = true;
    if (ignored.length > 0) {
      operation.say(`Stream monitors do not use these settings: ${ignored.join(", ")}.`);
    }
  }
}

function subjectOf(monitorId: string, { monitorName }: Understood): string {
  return monitorName === undefined ? monitorId : `${monitorName} (${monitorId})`;
}
