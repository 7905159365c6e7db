import { scenario } from "./harness/scenario";

/** One resource for each option that decides what a change leads to; what is new in the second run is given. */
const program = (second: { args: string; name: string; parent: string; options: string }) => `
  const own = { ...args, ${second.args} };
  class Group extends pulumi.ComponentResource {
    constructor(name, opts) { super("test:Group", name, {}, opts); this.registerOutputs({}); }
  }
  const group = new Group("group");
  new StreamMonitor("ignored", own, { ignoreChanges: ["outputTemplate"] });
  new StreamMonitor("replaced", own, { replaceOnChanges: ["outputTemplate"] });
  new StreamMonitor("first-out", own, { replaceOnChanges: ["outputTemplate"], deleteBeforeReplace: true });
  new StreamMonitor("${second.name}", args, { aliases: [{ name: "renamed" }] });
  new StreamMonitor("moved", args, { parent: ${second.parent}, aliases: [{ parent: pulumi.rootStackResource }] });
  new StreamMonitor("optioned", args, ${second.options});
  new StreamMonitor("retained", args, { retainOnDelete: true });
  new StreamMonitor("together", args, { deletedWith: group });`;

scenario(
  "ignoreChanges, replaceOnChanges, deleteBeforeReplace, aliases, retainOnDelete and deletedWith; a rename or a new parent is no difference",
  async (stack) => {
    stack.program(program({ args: "", name: "renamed", parent: "undefined", options: "{}" }));
    await stack.do("up");
    const names = ["renamed", "moved"].map((name) => stack.sessionOf(name).MonitorName);
    const options = `{ protect: false, retainOnDelete: false, customTimeouts: {}, dependsOn: [group] }`;
    const second = { args: 'outputTemplate: "lp_ld"', name: "afterwards", parent: "group", options };
    stack.program(program(second));
    stack.calls();
    await stack.do("preview");
    expect(stack.calls()).toEqual([]);
    await stack.do("up");
    expect(stack.writesByResource()).toEqual({ replaced: ["Create", "Delete"], "first-out": ["Delete", "Create"] });
    expect(["afterwards", "moved"].map((name) => stack.sessionOf(name).MonitorName)).toEqual(names);
    expect((await stack.monitor("moved")).urn).toContain("test:Group$");
    await stack.do("up", { refresh: true });
    expect(stack.writes()).toEqual([]);

    // What stays behind does so because Pulumi means it to.
    const left = ["retained", "together"].map((name) => stack.sessionOf(name).MonitorId);
    await stack.do("destroy");
    const deleted = ["afterwards", "first-out", "ignored", "moved", "optioned", "replaced"];
    expect(stack.writesByResource()).toEqual(Object.fromEntries(deleted.map((name) => [name, ["Delete"]])));
    expect(stack.sessions.map((each) => each.MonitorId).sort()).toEqual(left.sort());
    expect(await stack.monitors()).toEqual([]);
    for (const id of left) {
      stack.forgiven.add(id);
    }
  },
  { core: true },
);
