import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { engineClient } from "../../../provider/host/engine-client";
import { type ProcessLike, Shutdown } from "../../../provider/host/shutdown";
import { underDeadline } from "../../../provider/lifecycle/operation";
import { VirtualClock } from "../../support/virtual-clock";

/** A process that only notes what is done to it. */
class FakeProcess implements ProcessLike {
  readonly listeners = new Map<string, (signal: NodeJS.Signals) => void>();
  readonly written: string[] = [];
  readonly broken: string[] = [];
  exitCode: number | undefined;
  readonly stdout = { on: () => this.broken.push("stdout") };
  readonly stderr = {
    on: () => this.broken.push("stderr"),
    write: (text: string) => this.written.push(text),
  };
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): void {
    this.listeners.set(signal, listener);
  }
  off(signal: NodeJS.Signals): void {
    this.listeners.delete(signal);
  }
  exit(code: number): void {
    this.exitCode = code;
  }
}

function stage(alive: () => boolean) {
  const clock = new VirtualClock();
  const host = new FakeProcess();
  const engine = { alive: async () => alive(), log: async () => {} };
  const supervisor = new Shutdown(engine, clock, host);
  void supervisor.attend();
  const options = { name: "delete", timeoutMs: 600_000, urn: undefined, clock, engine } as const;
  const work = () => underDeadline(options, supervisor, (operation) => operation.sleep(300_000));
  return { clock, host, work };
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Name = keyof typeof EXIT_CODES;
const NAMES = Object.keys(EXIT_CODES) as Name[];

test.each(Object.entries(EXIT_CODES) as [Name, number][])(
  "%s ends all work within a second, and says how to resume",
  async (signal, code) => {
    const { clock, host, work } = stage(() => true);
    const began = clock.now();
    const works = [work(), work()];
    void clock.sleep(10_000).then(() => host.listeners.get(signal)?.(signal));
    const results = await clock.run(Promise.allSettled(works));
    expect(clock.now() - began).toBeLessThan(11_000);
    expect(results.map((each) => each.status === "rejected" && String(each.reason))).toEqual([
      expect.stringMatching(/Interrupted by SIG\w+/),
      expect.stringMatching(/Interrupted/),
    ]);
    await clock.run(clock.sleep(1_000));
    expect(host.exitCode).toBe(code);
    expect(host.written.join()).toMatch(/Its session may run and cost money\. Run the same command again/);
  },
);

test.each(NAMES.flatMap((first) => NAMES.map((second) => [first, second] as const)))(
  "%s, then %s: the second ends the process at once, settled or not",
  async (first, second) => {
    const { clock, host, work } = stage(() => true);
    const works = [work()];
    await clock.run(clock.sleep(1_000));
    host.listeners.get(first)?.(first);
    const onSecond = host.listeners.get(second);
    expect(host.exitCode).toBeUndefined();
    onSecond?.(second);
    expect(host.exitCode).toBe(EXIT_CODES[second]);
    await clock.run(Promise.allSettled(works));
  },
);

test("what is asked for after the signal is not begun any more", async () => {
  const { clock, host, work } = stage(() => true);
  const first = work();
  void clock.sleep(1_000).then(() => host.listeners.get("SIGTERM")?.("SIGTERM"));
  const late = clock.sleep(1_100).then(() => work());
  const began = clock.now();
  const results = await clock.run(Promise.allSettled([first, late]));
  expect(results.map((each) => each.status)).toEqual(["rejected", "rejected"]);
  expect(clock.now() - began).toBeLessThan(1_200);
});

test("an engine that no longer answers ends the work, and the process", async () => {
  let alive = true;
  const { clock, host, work } = stage(() => alive);
  void clock.sleep(10_000).then(() => {
    alive = false;
  });
  const began = clock.now();
  await expect(clock.run(work())).rejects.toThrow(/no longer answers/);
  expect(clock.now() - began).toBeLessThan(11_000);
  await clock.run(clock.sleep(1_000));
  expect(host.exitCode).toBe(1);
  expect(host.broken.sort()).toEqual(["stderr", "stdout"]);
});

test("an engine that misses one question, because the machine was busy, is not given up", async () => {
  const answers = [true, false, true, true, false, true];
  const { clock, host, work } = stage(() => answers.shift() ?? true);
  await clock.run(work());
  expect(answers).toEqual([]);
  expect(host.exitCode).toBeUndefined();
});

test("an engine that goes while nothing is under way ends the process without a word", async () => {
  let alive = true;
  const { clock, host, work } = stage(() => alive);
  await clock.run(work());
  alive = false;
  await clock.run(clock.sleep(1_000));
  expect(host.exitCode).toBe(1);
  expect(host.written).toEqual([]);
});

test("while nothing is under way, signals do what they always do", async () => {
  const { clock, host, work } = stage(() => true);
  await clock.run(work());
  expect([...host.listeners.keys()]).toEqual([]);
  expect(host.exitCode).toBeUndefined();
});

describe("the link to the engine", () => {
  let server: Server;
  let sockets: Socket[];
  let accepted: number;
  beforeEach(async () => {
    sockets = [];
    accepted = 0;
    server = createServer((socket) => {
      accepted += 1;
      sockets.push(socket.on("error", () => {}).resume());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(() => die());

  const link = () => engineClient(`127.0.0.1:${(server.address() as AddressInfo).port}`);

  /** What the operating system does for a process that ends. */
  async function die(how: "destroy" | "resetAndDestroy" = "destroy"): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) {
      socket[how]();
    }
    await closed;
  }

  /** Asks until the answer is as expected. */
  async function answers(expected: boolean, engine: { alive(): Promise<boolean> }): Promise<void> {
    for (let turns = 0; (await engine.alive()) !== expected; turns += 1) {
      if (turns === 2_000) {
        throw new Error(`the engine never counts as ${expected ? "alive" : "dead"}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  test("opens one connection, however often it is asked, and by however many at once", async () => {
    const engine = link();
    expect(await Promise.all([1, 2, 3].map(() => engine.alive()))).toEqual([true, true, true]);
    for (let i = 0; i < 50; i++) {
      expect(await engine.alive()).toBe(true);
    }
    expect(accepted).toBe(1);
  });

  test.each(["destroy", "resetAndDestroy"] as const)("knows that an engine has died (%s)", async (how) => {
    const engine = link();
    expect(await engine.alive()).toBe(true);
    const other = link();
    await die(how);
    await answers(false, engine);
    expect(await other.alive()).toBe(false);
  });

  test.each([
    ["the URN of a stack, whose program runs", "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev", true],
    ["no URN: no program runs", "", false],
    ["that it does not know the call", undefined, true],
  ])("an engine that answers %s", async (_what, root, expected) => {
    const grpc = require("@grpc/grpc-js") as typeof import("@grpc/grpc-js");
    const { EngineService } = require("@pulumi/pulumi/proto/engine_grpc_pb");
    const { GetRootResourceResponse } = require("@pulumi/pulumi/proto/engine_pb");
    let calls = 0;
    const getRootResource = (_call: unknown, callback: (error: object | null, response?: unknown) => void) => {
      calls += 1;
      const response = new GetRootResourceResponse();
      response.setUrn(root ?? "");
      root === undefined ? callback({ code: grpc.status.UNIMPLEMENTED }) : callback(null, response);
    };
    const rpc = new grpc.Server();
    rpc.addService(EngineService, { getRootResource });
    const port = await new Promise<number>((resolve, reject) =>
      rpc.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    try {
      const engine = engineClient(`127.0.0.1:${port}`);
      const answers = await Promise.all([1, 2].map(() => engine.runsProgram?.()));
      expect(answers).toEqual([expected, expected]);
      expect(calls).toBe(1);
    } finally {
      rpc.forceShutdown();
    }
  });

  test("opens another connection to an engine that closes them, and does not give it up", async () => {
    const engine = link();
    for (let i = 1; i <= 5; i++) {
      // Bounded, so that a link that opens no other connection fails here instead of running on.
      for (let turns = 0; (accepted < i || sockets.length < i) && turns < 20_000; turns += 1) {
        expect(await engine.alive()).toBe(true);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(sockets).toHaveLength(i);
      sockets[i - 1]?.destroy();
    }
    expect(await engine.alive()).toBe(true);
  });

  test("waits for nobody whose engine is silent from the start", async () => {
    const paused = await pausedEngine();
    try {
      const engines = Array.from({ length: 8 }, () => engineClient(paused.address));
      for (const _time of [1, 2]) {
        expect(await Promise.all(engines.map((engine) => engine.alive()))).toEqual(engines.map(() => true));
      }
      paused.child.kill("SIGKILL");
      await Promise.all(engines.map((engine) => answers(false, engine)));
    } finally {
      paused.child.kill("SIGKILL");
    }
  });

  test("a line that cannot be shown costs nothing, and holds nobody up", async () => {
    const link = engineClient("127.0.0.1:1");
    const line = { urn: "urn", text: "text", severity: "warning", ephemeral: false } as const;
    const odd = { ...line, urn: 42 as unknown as string };
    await expect(Promise.all([link.log(line), link.log(odd)])).resolves.toEqual([undefined, undefined]);
  });

  test("without an engine there is nothing to watch", async () => {
    for (const argument of [undefined, "not an address", "example.com:80", "127.0.0.1:70000"]) {
      expect(await engineClient(argument).alive()).toBe(true);
    }
  });
});

/** A process that listens, with a short queue, and is stopped. */
async function pausedEngine(): Promise<{ child: ChildProcess; address: string }> {
  const program = `require("node:net").createServer((socket) => socket.on("error", () => {}).resume())
    .listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () { console.log(this.address().port); })`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = await once(child.stdout as NodeJS.ReadableStream, "data");
  child.kill("SIGSTOP");
  return { child, address: `127.0.0.1:${Number(port)}` };
}
