import { type CloudServer, startCloud } from "../../../sandbox/cloud";
import type { OperationName, RunOptions } from "../../stack/harness/engine";
import { shownSecrets } from "../../stack/harness/invariants";
import { clearPlace, makePlace } from "../../stack/harness/place";
import { processesIn } from "../../stack/harness/processes";
import { SandboxEngine } from "../../stack/harness/sandbox-engine";
import { Stack } from "../../stack/harness/stack";
import type { Script, Step } from "../simulation/script";
import type { Crash } from "../simulation/world";

/** Nothing may take long here: time is real. What is given up for that reason is an error like any other. */
const TIMEOUTS = { create: "15s", update: "15s", delete: "20s" };
const LONGEST_WAIT_MS = 2000;

/** Plays a script of the simulation through real processes, and says what was not as it must be at its end. */
export async function playForReal(script: Script): Promise<{ broken: string[]; log: string[] }> {
  const switches = { startDelayMs: 50, stopDelayMs: 50, ...script.switches };
  const server = await startCloud({ switches, faults: script.faults });
  const places = [makePlace(server, "dynamic"), makePlace(server, "dynamic")] as const;
  places[1].stack = "other";
  const [ours, neighbour] = places.map((place) => new Stack(place, server, new SandboxEngine(place)));
  try {
    return await new Player(script, server, ours as Stack, neighbour as Stack).play();
  } finally {
    for (const place of places) {
      clearPlace(place);
    }
    await server.close();
  }
}

class Player {
  private readonly broken: string[] = [];
  private readonly log: string[] = [];
  /** What pending creates, and operations that failed, say of sessions that no state holds. */
  private readonly named: string[] = [];
  private background: Promise<void> = Promise.resolve();
  private isBusy = false;

  constructor(
    private readonly script: Script,
    private readonly server: CloudServer,
    private readonly ours: Stack,
    private readonly neighbour: Stack,
  ) {}

  async play(): Promise<{ broken: string[]; log: string[] }> {
    this.write(this.ours);
    this.write(this.neighbour);
    const InputList = JSON.stringify([{ InputUrl: "rtmp://play.example.com/a/b" }]);
    for (const MonitorName of ["shop--dev--r0--", "somebody else's"]) {
      const fields = { MonitorName, OutputTemplate: "lp_ld", Domain: "play.example.com", InputList };
      const session = this.server.cloud.sessions.get(this.ours.act("create", fields));
      Object.assign(session ?? {}, { Status: 1 });
    }
    for (const step of this.script.steps) {
      await this.take(step);
      await this.examine(JSON.stringify(step));
    }
    await this.background;
    this.isBusy = false;
    await this.cleanUp();
    return { broken: this.broken, log: this.log };
  }

  /** One program for all steps: the environment says which of the script's it is. */
  private write(stack: Stack): void {
    stack.program(
      `const programs = ${JSON.stringify(this.script.programs)};
       const program = programs[Number(process.env.FAULT_PROGRAM) % programs.length];
       for (const [name, own] of Object.entries(program)) {
         new StreamMonitor(name, { ...args, ...own, timeouts: ${JSON.stringify(TIMEOUTS)} });
       }`,
    );
  }

  private async take(step: Step): Promise<void> {
    switch (step.do) {
      case "up":
        await this.run("up", { env: { FAULT_PROGRAM: String(step.program) } }, step.crash);
        break;
      case "refresh":
        await this.run("refresh", {}, step.crash);
        break;
      case "destroy":
        await this.run("destroy", step.env === undefined ? {} : { env: step.env }, step.crash);
        break;
      case "neighbour": {
        const options = { env: { FAULT_PROGRAM: String(step.program) } };
        this.background = this.background.then(() => this.operate(this.neighbour, "up", options));
        this.isBusy = true;
        break;
      }
      case "stranger":
        await this.runAsStranger(step.operation);
        break;
      case "meddle":
        this.meddle(step.action, step.session);
        break;
      case "wait":
        await new Promise((resolve) => setTimeout(resolve, Math.min(step.ms, LONGEST_WAIT_MS)));
    }
  }

  private async run(operation: OperationName, options: RunOptions, crash?: Crash): Promise<void> {
    await (crash === undefined
      ? this.operate(this.ours, operation, options)
      : this.operateAndCrash(operation, options, crash));
  }

  private async operate(stack: Stack, operation: OperationName, options: RunOptions): Promise<void> {
    const { ok, log, progress } = await stack.run(operation, options);
    this.note(`${stack.place.stack}: ${operation}`, ok, [log, ...progress].join("\n"));
    const left = ok && operation === "destroy" ? await stack.monitors() : [];
    this.broken.push(...left.map(({ urn }) => `destroy said success, but ${urn} is in the state`));
  }

  /** Kills what is to be killed with SIGKILL when the cloud sees the n-th call, or has carried it out, or has answered it. */
  private async operateAndCrash(operation: OperationName, options: RunOptions, crash: Crash): Promise<void> {
    const { cloud } = this.server;
    const { directory } = this.ours.place;
    const running = await this.ours.start(operation, options);
    const kill = () => {
      for (const { id, command } of crash.victim === "engine" ? [] : processesIn(directory)) {
        if (command.includes("dynamic-provider")) {
          process.kill(id, "SIGKILL");
        }
      }
      if (crash.victim !== "plugin") {
        running.signal("SIGKILL");
      }
    };
    const handle = cloud.handle.bind(cloud);
    let seen = 0;
    cloud.handle = (request) => {
      seen += 1;
      if (seen !== crash.atCall) {
        return handle(request);
      }
      if (crash.moment === "before") {
        kill();
        throw new Error("the connection broke");
      }
      const outcome = handle(request);
      if (crash.moment === "committed") {
        kill();
      } else {
        setTimeout(kill, 5);
      }
      return outcome;
    };
    try {
      const { ok, log } = await running.done;
      this.note(`dev: ${operation}, killed: ${JSON.stringify(crash)}`, ok, log);
    } finally {
      cloud.handle = handle;
    }
  }

  private async runAsStranger(operation: "refresh" | "destroy"): Promise<void> {
    const [, other] = this.server.accounts;
    const env = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: other?.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: other?.accessKeySecret,
    };
    const before = (await this.ours.monitors()).length;
    const { ok, log } = await this.ours.run(operation, { env });
    this.note(`dev: ${operation} as somebody else`, ok, log);
    if ((await this.ours.monitors()).length !== before) {
      this.broken.push(`a ${operation} with another account's key took sessions out of the state`);
    }
  }

  private meddle(action: "start" | "stop" | "delete", index: number): void {
    const own = this.ours.sessions.filter(({ MonitorId }) => !this.ours.foreign.has(MonitorId));
    const target = own[index % Math.max(1, own.length)];
    try {
      this.ours.act(action, { MonitorId: target?.MonitorId ?? "none" });
    } catch {
      // Refused, as it would be for anybody.
    }
  }

  private note(what: string, ok: boolean, log: string): void {
    this.log.push(`${what}: ${ok ? "went well" : "failed"}\n${log}`);
    if (!ok) {
      this.named.push(log);
    }
  }

  /** The faults cease, and both stacks are destroyed. */
  private async cleanUp(): Promise<void> {
    this.ours.fault();
    for (const stack of [this.ours, this.neighbour]) {
      for (let attempt = 0; attempt < 4 && (await stack.monitors()).length > 0; attempt += 1) {
        await this.operate(stack, "destroy", { env: { ALICLOUD_LIVE_ON_DELETE: "stop" } });
      }
      if ((await stack.monitors()).length > 0) {
        this.broken.push(`${stack.place.stack} could not be destroyed`);
      }
      this.broken.push(...(await shownSecrets(stack)));
    }
    await this.examine("the end");
  }

  /** Every session of ours is in a state, or its exact name is known; what is not ours is there and runs. */
  private async examine(when: string): Promise<void> {
    for (const stack of [this.ours, this.neighbour]) {
      const { pending } = await stack.state();
      this.named.push(...pending.map(({ resource }) => String(resource.inputs?.monitorName)));
    }
    // While the neighbour is at work, its state lags behind what it does.
    if (this.isBusy) {
      return;
    }
    const known = [...(await this.ours.monitors()), ...(await this.neighbour.monitors())].map(({ id }) => id);
    const isNamed = (name: string) => this.named.some((text) => text.includes(name));
    for (const { MonitorId, MonitorName } of this.ours.sessions) {
      if (!this.ours.foreign.has(MonitorId) && !known.includes(MonitorId) && !isNamed(MonitorName)) {
        this.broken.push(`${when}: ${MonitorName} (${MonitorId}) exists, but no state knows it`);
      }
    }
    for (const id of this.ours.foreign) {
      if (this.server.cloud.sessions.get(id)?.Status !== 1) {
        this.broken.push(`${when}: ${id} is somebody else's, and was touched`);
      }
    }
  }
}
