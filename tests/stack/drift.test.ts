import { HUSH, type Stack, scenario } from "./harness/scenario";

const URLS = { one: `rtmp://play.example.com/app/one?auth_key=${HUSH}`, spy: `rtmp://spy.example.com/?k=${HUSH}` };
const INPUTS = JSON.stringify([{ InputUrl: URLS.one, LayoutId: 1 }]);
const CALLBACK = `https://example.com/?token=${HUSH}`;
const ELSEWHERE = `https://spy.example.com/?token=${HUSH}`;

interface Drift {
  declared?: object;
  /** What somebody else does to the session. */
  act: (stack: Stack, id: string) => void;
  /** What a refresh then puts into the outputs. */
  shown: object | ((stack: Stack) => object);
  /** The calls that repair it. */
  repair: string[];
}

const update =
  (fields: Record<string, string>) =>
  (stack: Stack, MonitorId: string): void => {
    stack.act("update", { InputList: INPUTS, MonitorId, ...fields });
  };
const move =
  (action: "start" | "stop") =>
  (stack: Stack, MonitorId: string): void => {
    stack.act(action, { MonitorId });
  };

const DRIFTS: Record<string, Drift> = {
  name: { act: update({ MonitorName: "stolen" }), shown: { monitorName: "stolen" }, repair: ["Update"] },
  template: { act: update({ OutputTemplate: "lp_ld" }), shown: { outputTemplate: "lp_ld" }, repair: ["Update"] },
  domain: { act: update({ Domain: "else.example.com" }), shown: { domain: "else.example.com" }, repair: ["Update"] },
  place: {
    act: update({ Stream: "elsewhere", App: "b" }),
    shown: { stream: "elsewhere", app: "b" },
    repair: ["Update"],
  },
  inputs: {
    act: update({ InputList: JSON.stringify([{ InputUrl: URLS.spy }]) }),
    shown: (stack) => ({ inputList: stack.inputs([{ inputUrl: URLS.spy }]) }),
    repair: ["Update"],
  },
  config: {
    declared: { monitorConfig: { fpsLowThres: 0.5 } },
    act: update({ MonitorConfig: '{"fpsLowThres":0.9}' }),
    shown: { monitorConfig: { fpsLowThres: 0.9 } },
    repair: ["Update"],
  },
  callback: {
    declared: { callbackUrl: CALLBACK },
    act: update({ CallbackUrl: ELSEWHERE }),
    shown: { callbackUrl: { secret: ELSEWHERE } },
    repair: ["Update"],
  },
  silenced: { declared: { callbackUrl: CALLBACK }, act: update({ CallbackUrl: "" }), shown: {}, repair: ["Update"] },
  undeclared: {
    act: update({ DingTalkWebHookUrl: ELSEWHERE }),
    shown: { dingTalkWebHookUrl: { secret: ELSEWHERE } },
    repair: ["Update"],
  },
  stopped: {
    declared: { running: true },
    act: move("stop"),
    shown: { status: "stopped", running: false },
    repair: ["Start"],
  },
  started: {
    declared: { running: false },
    act: move("start"),
    shown: { status: "running", running: true },
    repair: ["Stop"],
  },
  left: { act: move("start"), shown: { status: "running" }, repair: [] },
};

scenario(
  "drift: a plain up calls nothing, refresh shows it, up repairs it; up --refresh does so in one go",
  async (stack) => {
    await bring(stack);
    const before = withoutTimes(stack);
    await driftAll(stack);
    const drifted = withoutTimes(stack);
    stack.calls();
    await stack.do("up");
    expect(stack.calls()).toEqual([]);

    await stack.do("refresh");
    expect(stack.writes()).toEqual([]);
    expect(withoutTimes(stack)).toEqual(drifted);
    for (const [name, { shown }] of Object.entries(DRIFTS)) {
      expect((await stack.monitor(name)).outputs).toMatchObject(shown instanceof Function ? shown(stack) : shown);
    }
    expect((await stack.monitor("silenced")).outputs).not.toHaveProperty("callbackUrl");

    await stack.do("up");
    expectRepairs(stack);
    expect(withoutTimes(stack)).toEqual(before.map(leftRunning));

    await driftAll(stack);
    stack.calls();
    await stack.do("preview", { refresh: true });
    expect(stack.writes()).toEqual([]);
    await stack.do("up", { refresh: true });
    expectRepairs(stack);
    expect(withoutTimes(stack)).toEqual(before.map(leftRunning));
    await stack.do("up", { refresh: true });
    expect(stack.writes()).toEqual([]);
  },
);

async function bring(stack: Stack): Promise<void> {
  stack.walls(Object.fromEntries(Object.entries(DRIFTS).map(([name, { declared = {} }]) => [name, declared])));
  await stack.do("up");
}

/** Does it all, and waits until starts and stops show. */
async function driftAll(stack: Stack): Promise<void> {
  for (const [name, { act }] of Object.entries(DRIFTS)) {
    const { MonitorId, Status } = stack.sessionOf(name);
    // It still runs when all drift a second time.
    if (name !== "left" || Status === 0) {
      act(stack, MonitorId);
    }
  }
  await stack.untilStatus("stopped", 0);
  await stack.untilStatus("started", 1);
  await stack.untilStatus("left", 1);
}

function expectRepairs(stack: Stack): void {
  const writes = stack.writesByResource();
  for (const [name, { repair }] of Object.entries(DRIFTS)) {
    expect([name, writes[name] ?? []]).toEqual([name, repair]);
  }
}

type Picture = { MonitorId: string; Status: 0 | 1 } & object;

function withoutTimes(stack: Stack): Picture[] {
  return stack.sessions.map(({ StartTime: _started, StopTime: _stopped, ...rest }) => ({ ...rest }));
}

/** Nothing is declared about whether `left` runs, so it runs on. */
function leftRunning(session: Picture): Picture {
  return (session as { MonitorName?: string }).MonitorName?.includes("--left--") ? { ...session, Status: 1 } : session;
}
