import { HUSH, scenario } from "./harness/scenario";

/** Each place, and what is said of it. */
const MISTAKES: Record<string, string> = {
  domain: "must be a domain name, without scheme or path",
  outputTemplate: 'must be one of "lp_ld", "lp_sd", "lp_hd", "lp_ud"',
  "inputList[0].layoutId": "must be at least 1",
  "inputList[0].playConfig.volumeRate": "must be between 0 and 1",
  "inputList[1].inputUrl": "must not be empty",
  onDelete: 'must be one of "stop", "wait", "refuse"',
  "timeouts.delete": 'must be a duration such as "90s"',
  callbackUrl: "must be an http:// or https:// URL",
  dingTalkWebHookUrl: "must be an http:// or https:// URL",
  running: "must be of type boolean",
  unheardOf: "is not a property of StreamMonitor",
  // What is out of all bounds is refused in a line that can be read.
  app: "must have at most 256 characters",
  monitorName: "must not hold control characters or broken Unicode",
  monitorConfig: "must have at most 8192 bytes as JSON",
  constructor: "is not a property of StreamMonitor",
};

const WRONG = `{
  domain: "https://play.example.com/", outputTemplate: "lp_xd", onDelete: "never", timeouts: { delete: "soon" },
  inputList: [{ inputUrl: "rtmp://a.example.com/b", layoutId: 0, playConfig: { volumeRate: 1.5 } }, { inputUrl: "" }],
  callbackUrl: "ftp://example.com/?token=${HUSH}", dingTalkWebHookUrl: "${HUSH}", running: "yes", unheardOf: 1,
  app: "x".repeat(1024 * 1024), monitorName: "a\\0\\u001b[31mb", monitorConfig: { note: "x".repeat(1024 * 1024) },
  ...JSON.parse('{ "constructor": { "prototype": 1 } }'),
}`;

scenario(
  "a preview tells all mistakes at once, each with its place and what is allowed, and sends nothing",
  async (stack) => {
    stack.program(`new StreamMonitor("wall", ${WRONG});`);
    const log = await stack.fails("preview");
    for (const [place, message] of Object.entries(MISTAKES)) {
      expect(log).toContain(`resource 'wall' has a problem: \`${place}\` ${message}`);
    }
    expect(log.length).toBeLessThan(30_000);
    expect(stack.calls()).toEqual([]);
    expect(await stack.monitors()).toEqual([]);
  },
  { core: true },
);

scenario("what is not known before the up is let through, and what is known beside it is checked", async (stack) => {
  const declare = (extra: string) =>
    stack.program(`
      const first = new StreamMonitor("first", { ...args, running: true });
      const known = (value) => first.id.apply(() => value);
      new StreamMonitor("second", {
        domain: known("play.example.com"),
        outputTemplate: known("lp_ld"),
        inputList: [{ inputUrl: pulumi.interpolate\`rtmp://play.example.com/app/\${first.id}\`, layoutId: known(1) }],
        app: first.stream,
        monitorConfig: known({ fpsLowThres: 0.5 }),
        running: known(false),
        onDelete: known("wait"),
        timeouts: { delete: known("1m") },
        callbackUrl: known("https://example.com"),
        region: known("cn-beijing"),
        ${extra}
      });`);
  declare('monitorName: ""');
  expect(await stack.fails("preview")).toMatch(/'second' has a problem: `monitorName` must not be empty/);
  declare("");
  await stack.do("preview");
  expect(stack.calls()).toEqual([]);
  await stack.do("up");
  expect(stack.sessionOf("second")).toMatchObject({ OutputTemplate: "lp_ld", region: "cn-beijing", Status: 0 });
  expect(stack.sessionOf("second").App).toBe(stack.sessionOf("first").Stream);
});

scenario("a value that is wrong only when it is known fails in the up, before its session is made", async (stack) => {
  stack.program(`
    const first = new StreamMonitor("first", args);
    new StreamMonitor("second", { ...args, outputTemplate: first.id.apply(() => "lp_xd") });`);
  expect(await stack.fails("up")).toMatch(/'second' has a problem: `outputTemplate` must be one of "lp_ld"/);
  expect(stack.sessions).toHaveLength(1);
});

scenario("a program that throws leaves what was made in the state", async (stack) => {
  stack.program(`
    new StreamMonitor("wall", args);
    // Without a stack: Node 20 takes half a minute to print one that leads through Pulumi's own files.
    throw Object.assign(new Error(), { stack: "the program's own mistake" });`);
  expect(await stack.fails("up")).toMatch(/the program's own mistake/);
  expect((await stack.monitors()).length).toBe(stack.sessions.length);
});
