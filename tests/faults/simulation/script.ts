import { carryOut } from "../../../cli/sweep/carry-out";
import { findSessions } from "../../../cli/sweep/regions";
import { type Chosen, select } from "../../../cli/sweep/selection";
import { UNDO_MS } from "../../../provider/lifecycle/undo";
import type { AccountKey, FaultRule, Session, Switches } from "../../../sandbox/cloud";
import { brokenAfterDestroy, brokenAfterSweep, brokenInvariants, HUSH } from "./invariants";
import { type Outcome, type Program, SimulatedStack } from "./stack";
import { type Crash, type Face, KEY, OTHER_KEY, PluginProcess, World } from "./world";

/** Something that happens in a script. */
export type Step =
  | { do: "up"; program: number; crash?: Crash }
  | { do: "refresh"; crash?: Crash }
  | { do: "destroy"; crash?: Crash; env?: Record<string, string> }
  /** Somebody else starts, stops or deletes the n-th session of ours. */
  | { do: "meddle"; action: "start" | "stop" | "delete"; session: number }
  /** The second stack of the account comes up at the same time as whatever follows. */
  | { do: "neighbour"; program: number }
  | { do: "wait"; ms: number }
  /** Somebody sweeps what no state of the first stack has. */
  | { do: "sweep" }
  /** The wrong account's key, until the next step. */
  | { do: "stranger"; operation: "refresh" | "destroy" };

export interface Script {
  seed: number;
  /** @default "dynamic" */
  face?: Face;
  switches: Partial<Switches>;
  faults: FaultRule[];
  /** @default two accounts with full rights */
  accounts?: AccountKey[];
  /** The programs that the steps choose from. */
  programs: Program[];
  steps: Step[];
}

export interface Report {
  broken: string[];
  calls: number;
  crashes: number;
  /** What was done, for whoever has to find out. */
  log: string[];
}

const ENV = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: KEY.accessKeyId,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: KEY.accessKeySecret,
  ALIBABA_CLOUD_REGION: "cn-shanghai",
};
const STRANGER = {
  ...ENV,
  ALIBABA_CLOUD_ACCESS_KEY_ID: OTHER_KEY.accessKeyId,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: OTHER_KEY.accessKeySecret,
};

/** Plays a script to its end, then lets the faults cease and destroys everything, and says what was not as it must be. */
export async function play(script: Script): Promise<Report> {
  const player = new Player(script);
  return player.world.clock.run(player.play());
}

/** Plays each, and throws with its whole log when one breaks an invariant. */
export async function expectWhole(scripts: readonly Script[]): Promise<void> {
  for (const each of scripts) {
    const { broken, log } = await play(each);
    if (broken.length > 0) {
      throw new Error(`${JSON.stringify(each)}\n${broken.join("\n")}\n${log.join("\n")}`);
    }
  }
}

class Player {
  readonly world: World;
  private readonly ours = new SimulatedStack("dev");
  private readonly neighbour = new SimulatedStack("other");
  private readonly processes: PluginProcess[] = [];
  private readonly foreign = new Map<string, Session>();
  private readonly errors: string[] = [];
  private readonly log: string[] = [];
  private readonly broken: string[] = [];
  private background: Promise<void> = Promise.resolve();
  private isBusy = false;

  constructor(private readonly script: Script) {
    this.world = new World(script.seed, script.switches, script.faults, script.accounts, script.face);
  }

  async play(): Promise<Report> {
    this.addForeign();
    for (const step of this.script.steps) {
      await this.take(step);
      if ("crash" in step && step.crash?.victim === "engine") {
        // The plugin lives on to undo its creates.
        await this.world.clock.sleep(UNDO_MS["engine-gone"] + 5_000);
      }
      this.examine(JSON.stringify(step));
    }
    await this.background;
    this.isBusy = false;
    this.examine("when the neighbour had ended");
    await this.cleanUp();
    const crashes = this.processes.filter((each) => !each.pluginAlive || !each.engineAlive).length;
    return { broken: this.broken, calls: this.world.calls, crashes, log: this.log };
  }

  /** A session with a look-alike name and the same domain, and one that runs: never to be touched. */
  private addForeign(): void {
    const { sessions } = this.world.cloud;
    const asker = { accountId: KEY.accountId, region: "cn-shanghai" };
    for (const MonitorName of ["shop--dev--r0--", "somebody else's"]) {
      const InputList = JSON.stringify([{ InputUrl: "rtmp://play.example.com/a/b" }]);
      const id = sessions.create(asker, {
        MonitorName,
        OutputTemplate: "lp_ld",
        Domain: "play.example.com",
        InputList,
      });
      const session = sessions.get(id) as Session;
      session.Status = 1;
      this.foreign.set(id, structuredClone(session));
    }
  }

  private async take(step: Step): Promise<void> {
    switch (step.do) {
      case "up":
        this.note(step, await this.ours.up(this.start(step.crash), this.program(step.program)));
        break;
      case "refresh":
        this.note(step, await this.ours.refresh(this.start(step.crash)));
        break;
      case "destroy": {
        const outcome = await this.ours.destroy(this.start(step.crash, { ...ENV, ...step.env }));
        this.note(step, outcome);
        if (outcome.ok && this.ours.entries.length > 0) {
          this.broken.push("destroy said success, but the state is not empty");
        }
        break;
      }
      case "neighbour":
        // One operation at a time on one stack, as Pulumi has it.
        this.background = this.background
          .then(() => this.neighbour.up(this.start(), this.program(step.program)))
          .then((outcome) => this.note(step, outcome));
        this.isBusy = true;
        break;
      case "stranger": {
        const before = this.ours.entries.length;
        const process = this.start(undefined, STRANGER);
        const outcome =
          step.operation === "destroy" ? await this.ours.destroy(process) : await this.ours.refresh(process);
        this.note(step, outcome);
        if (this.ours.entries.length !== before) {
          this.broken.push(`a ${step.operation} with another account's key took sessions out of the state`);
        }
        break;
      }
      case "sweep":
        await this.sweep(this.ours);
        break;
      case "meddle":
        this.meddle(step.action, step.session);
        break;
      case "wait":
        await this.world.clock.sleep(step.ms);
    }
  }

  private meddle(action: "start" | "stop" | "delete", index: number): void {
    const { sessions } = this.world.cloud;
    const ours = sessions.all().filter((each) => !this.foreign.has(each.MonitorId));
    const target = ours[index % Math.max(1, ours.length)];
    if (target !== undefined) {
      try {
        sessions[action]({ accountId: KEY.accountId, region: target.region }, { MonitorId: target.MonitorId });
      } catch {
        // Refused, as it would be for anybody.
      }
    }
  }

  private async sweep(stack: SimulatedStack): Promise<void> {
    const process = this.start();
    const { lifecycle } = process;
    const nowMs = this.world.clock.now();
    const { name, project } = stack;
    const policy = "stop" as const;
    const wanted = { owner: { project, stack: name }, states: [stack.exported(nowMs)], isIdle: true, policy, nowMs };
    try {
      const { sessions } = await findSessions(lifecycle, ["cn-shanghai", "cn-beijing"]);
      // Each delete counts as a call of its own.
      const one = (each: Chosen) => process.call(() => carryOut(lifecycle, [each], 1, () => {}));
      const outcomes = await Promise.all(select(sessions, wanted).doomed.map(one));
      const errors = outcomes.flat().flatMap(({ error }) => error ?? []);
      this.note({ do: "sweep" }, { ok: errors.length === 0, errors });
    } catch (error) {
      this.note({ do: "sweep" }, { ok: false, errors: [(error as Error).message] });
    }
  }

  private async cleanUp(): Promise<void> {
    this.world.cloud.setFaults([]);
    await this.world.clock.sleep(60_000);
    for (const stack of [this.ours, this.neighbour]) {
      for (let attempt = 0; attempt < 4 && stack.entries.length > 0; attempt += 1) {
        const env = { ...ENV, ALICLOUD_LIVE_ON_DELETE: "stop" };
        this.note({ do: "destroy" }, await stack.destroy(this.start(undefined, env)));
      }
      if (stack.entries.length > 0) {
        this.broken.push(`${stack.name} could not be destroyed: ${this.errors.at(-1)}`);
      }
    }
    this.examine("the end");
    this.broken.push(...brokenAfterDestroy(this.account()));
    for (const stack of [this.ours, this.neighbour]) {
      await this.sweep(stack);
    }
    this.broken.push(...brokenAfterSweep(this.account()));
  }

  private start(crash?: Crash, env: Record<string, string | undefined> = ENV): PluginProcess {
    const process = new PluginProcess(this.world, env, crash);
    this.processes.push(process);
    return process;
  }

  /** Arguments as a user writes them, with secrets that must not be seen again. */
  private program(index: number): Program {
    const program = this.script.programs[index % this.script.programs.length] ?? {};
    const common = {
      domain: "play.example.com",
      outputTemplate: "lp_hd",
      inputList: [{ inputUrl: `rtmp://play.example.com/app/x?auth_key=${HUSH}`, layoutId: 1 }],
    };
    return Object.fromEntries(Object.entries(program).map(([name, args]) => [name, { ...common, ...args }]));
  }

  private note(step: Step, outcome: Outcome): void {
    this.errors.push(...outcome.errors);
    this.log.push(`${JSON.stringify(step)} → ${outcome.ok ? "ok" : outcome.errors.join(" | ")}`);
  }

  private examine(when: string): void {
    // While the neighbour is at work, its state lags behind what it does.
    if (!this.isBusy) {
      this.broken.push(...brokenInvariants(this.account()).map((each) => `${when}: ${each}`));
    }
  }

  private account() {
    const { world, processes, foreign, errors } = this;
    return { world, stacks: [this.ours, this.neighbour], processes, foreign, errors };
  }
}
