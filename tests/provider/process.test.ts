import { type AddressInfo, createServer, type Server } from "node:net";
import { engineLink } from "../../provider/engine-link";
import { underDeadline } from "../../provider/operation";
import { PluginProcess, type ProcessLike } from "../../provider/plugin-process";
import { VirtualClock } from "../support/virtual-clock";

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
  const supervisor = new PluginProcess(engine, clock, host);
  void supervisor.attend();
  const options = { name: "delete", timeoutMs: 600_000, urn: undefined, clock, engine } as const;
  const work = () => underDeadline(options, supervisor, (operation) => operation.sleep(300_000));
  return { clock, host, work };
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s ends all work within a second, and says how to resume", async (signal, code) => {
  const { clock, host, work } = stage(() => true);
  const began = clock.now();
  const works = [work(), work()];
  void clock.sleep(10_000).then(() => host.listeners.get(signal)?.(signal));
  const results = await clock.run(Promise.allSettled(works));
  expect(clock.now() - began).toBeLessThan(11_000);
  expect(results.map((each) => each.status === "rejected" && String(each.reason))).toEqual([
    expect.stringMatching(/Interrupted by SIG\w+.*Run the same Pulumi command again/),
    expect.stringMatching(/Interrupted/),
  ]);
  await clock.run(clock.sleep(1_000));
  expect(host.exitCode).toBe(code);
  expect(host.written.join()).toMatch(/Sessions may still run and cost money/);
});

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
  beforeEach(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => void server.close());

  test("tells whether the engine's address answers", async () => {
    const { port } = server.address() as AddressInfo;
    const link = engineLink(`127.0.0.1:${port}`);
    expect(await link.alive()).toBe(true);
    await new Promise((resolve) => server.close(resolve));
    // Who asks at once is given the same answer; somebody new, or a little later, the new one.
    expect(await link.alive()).toBe(true);
    expect(await engineLink(`127.0.0.1:${port}`).alive()).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await link.alive()).toBe(false);
  });

  test("is not fooled by a process that was held up while the connection was made", async () => {
    const { port } = server.address() as AddressInfo;
    const answer = engineLink(`127.0.0.1:${port}`).alive();
    // Longer than the question may take: its time-out comes before the news that it was answered.
    const until = performance.now() + 1_500;
    while (performance.now() < until) {}
    expect(await answer).toBe(true);
  });

  test("a line that cannot be shown costs nothing, and holds nobody up", async () => {
    const link = engineLink("127.0.0.1:1");
    const line = { urn: "urn", text: "text", severity: "warning", ephemeral: false } as const;
    await expect(link.log(line)).resolves.toBeUndefined();
    await expect(link.log({ ...line, urn: 42 as unknown as string })).resolves.toBeUndefined();
  });

  test("without an engine there is nothing to watch", async () => {
    for (const argument of [undefined, "not an address", "example.com:80"]) {
      expect(await engineLink(argument).alive()).toBe(true);
    }
  });
});
