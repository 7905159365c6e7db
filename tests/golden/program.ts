import { HUSH } from "../stack/harness/place";
import type { Stack } from "../stack/harness/scenario";

/** A stack with one resource for each shape that a state of this package can have; `edit` changes what can be changed in place. */
export function program(stack: Stack, ids: { adopted: string; read: string }, edit = ""): void {
  stack.program(`
    class Group extends pulumi.ComponentResource {
      constructor(name, opts) { super("test:Group", name, {}, opts); this.registerOutputs({}); }
    }
    const all = [];
    const own = { ...args, ${edit} };
    const everything = {
      ...own,
      inputList: [
        { inputUrl: "rtmp://play.example.com/app/one?auth_key=${HUSH}", streamName: "one", index: 0, layoutId: 1,
          layoutConfig: { fillMode: "none", positionNormalized: [0, 0.5], positionRefer: "topLeft", sizeNormalized: [0.5, 0.5] },
          playConfig: { volumeRate: 0.25 } },
        { inputUrl: "rtmp://play.example.com/app/two?auth_key=${HUSH}", layoutId: 2 },
      ],
      monitorConfig: { fpsLowThres: 0.6, brLowThres: 1.1, eofDurationThresSec: 10, anything: true },
      callbackUrl: "https://example.com/?token=${HUSH}",
      dingTalkWebHookUrl: "https://oapi.example.com/robot/send?access_token=${HUSH}",
    };
    all.push(new StreamMonitor("untouched", own));
    all.push(new StreamMonitor("running", { ...own, running: true }));
    all.push(new StreamMonitor("stopped", { ...own, running: false }));
    all.push(new StreamMonitor("chosen", { ...own, monitorName: "chosen name", app: "wall", stream: "chosen", running: true }));
    all.push(new StreamMonitor("everything",
      { ...everything, running: true, timeouts: { create: "4m", delete: "9m" }, onDelete: "stop" },
      { customTimeouts: { update: "3m" } }));
    all.push(new StreamMonitor("adopting", { ...own, running: true, adopt: { monitorId: "${ids.adopted}" } }));
    all.push(new StreamMonitor("drifted", { ...own, running: true }));
    all.push(new StreamMonitor("provided", own, { provider: new Provider("other", { region: "cn-beijing" }) }));
    all.push(new StreamMonitor("member", own, { parent: new Group("group") }));
    all.push(new StreamMonitor("protected-by-nothing-and-with-a-long-name", own));
    exports.read = StreamMonitor.get("read", "${ids.read}").monitorName;
    new StreamMonitor("unfinished", { ...own, running: true }, { dependsOn: all });`);
}
