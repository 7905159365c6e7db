import { HUSH, type Stack, scenario } from "./harness/scenario";

const both = ["plugin", "it plays both faces"] as const;

/** The same program, with the class and the provider of a face. */
function declare(stack: Stack, face: "dynamic" | "plugin", layoutId = 1): void {
  stack.place.face = face;
  stack.program(`
    const own = { ...args, inputList: [{ ...args.inputList[0], layoutId: ${layoutId} }] };
    class Box extends pulumi.ComponentResource {
      constructor(name) {
        super("test:Box", name);
        new StreamMonitor("inside", own, { parent: this });
      }
    }
    new Box("box");
    new StreamMonitor("running", { ...own, running: true, ttl: "72h" });
    new StreamMonitor("secret", {
      ...own,
      domain: pulumi.secret("play.example.com"),
      callbackUrl: "https://example.com/?token=${HUSH}",
    });
    new StreamMonitor("far", own, { provider: new Provider("other", { region: "cn-beijing" }) });`);
}

const idsOf = async (stack: Stack) =>
  Object.fromEntries((await stack.monitors()).map(({ urn, id }) => [urn.split("::").at(-1), id]));
const typesOf = async (stack: Stack) => [...new Set((await stack.monitors()).map(({ type }) => type))];

scenario(
  "a stack moves to the plugin and back: at rest, with drift, with secrets, in a component, under an explicit provider",
  async (stack) => {
    declare(stack, "dynamic");
    await stack.do("up");
    const ids = await idsOf(stack);
    const { MonitorId } = stack.sessionOf("inside");
    stack.act("update", { MonitorId, OutputTemplate: "lp_ld", Domain: "play.example.com", InputList: INPUTS });
    stack.calls();

    declare(stack, "plugin");
    await stack.do("preview");
    await stack.do("up");
    expect(stack.calls()).toEqual([]);
    expect([await idsOf(stack), await typesOf(stack)]).toEqual([ids, ["alicloud-live:index:StreamMonitor"]]);

    // The drift is still found. An update of all takes Pulumi's text for dynamic resources out of the state.
    await stack.do("up", { refresh: true });
    expect(stack.writesByResource()).toEqual({ inside: ["Update"] });
    declare(stack, "plugin", 2);
    await stack.do("up");
    expect(JSON.stringify(await stack.state())).not.toContain("exports.handler");
    stack.calls();

    declare(stack, "dynamic", 2);
    await stack.do("preview");
    await stack.do("up");
    expect(stack.calls()).toEqual([]);
    expect([await idsOf(stack), await typesOf(stack)]).toEqual([ids, ["pulumi-nodejs:dynamic/live:StreamMonitor"]]);
    await stack.do("refresh");
    await stack.do("up");
    expect(stack.writes()).toEqual([]);
    await stack.do("destroy");
    expect(stack.sessions).toEqual([]);
  },
  { only: both, unequal: "the order of the resources" },
);

const INPUTS = JSON.stringify([{ InputUrl: `rtmp://play.example.com/app/one?auth_key=${HUSH}`, LayoutId: 1 }]);

scenario(
  "what is unfinished moves, too, and is finished by the other face",
  async (stack) => {
    const wall = (face: "dynamic" | "plugin", running: boolean) => {
      stack.place.face = face;
      stack.wall({ running });
    };
    const refuse = (action: string) =>
      stack.fault({ action, kind: "error", status: 403, code: "UserQuotaExceed", times: 1 });
    refuse("StartLiveStreamMonitor");
    wall("dynamic", true);
    await stack.fails("up");
    const { id } = await stack.monitor();
    wall("plugin", true);
    await stack.do("up");
    expect(stack.sessions).toMatchObject([{ MonitorId: id, Status: 1 }]);
    refuse("StopLiveStreamMonitor");
    wall("plugin", false);
    await stack.fails("up");
    wall("dynamic", false);
    await stack.do("up");
    expect(stack.sessions).toMatchObject([{ MonitorId: id, Status: 0 }]);
    expect((await stack.monitor()).id).toBe(id);
  },
  { only: both },
);
