import { parseAccounts } from "../../../sandbox/cloud";
import { FIELDS, Lab, MINE, OTHERS } from "./support/lab";

const TEMPORARY = { ...MINE, accessKeyId: "STS.one", securityToken: "token one" };
const EXPIRY = Date.UTC(2026, 0, 1, 0, 10);

describe("keys", () => {
  test("who is not known", () => {
    expect(new Lab().say("List", {}, { accessKeyId: "nobody" })).toBe("404 InvalidAccessKeyId.NotFound");
  });

  test("several keys of one account see the same", () => {
    const lab = new Lab({ accounts: [MINE, { ...MINE, accessKeyId: "second" }, OTHERS] });
    lab.create();
    expect(lab.call("List", {}, { accessKeyId: "second" }).body.Total).toBe(1);
  });

  test("one that is disabled, and one that is no longer there", () => {
    const lab = new Lab();
    lab.cloud.changeKey("mine", { status: "disabled" });
    expect(lab.say("List")).toBe("400 InvalidAccessKeyId.Inactive");
    expect(lab.say("GetCallerIdentity")).toBe("400 InvalidAccessKeyId.Inactive");
    lab.cloud.changeKey("mine", { status: "expired" });
    expect(lab.say("List")).toBe("404 InvalidAccessKeyId.NotFound");
    lab.cloud.changeKey("mine", { status: "active" });
    expect(lab.say("List")).toBe("200");
    expect(() => lab.cloud.changeKey("nobody", {})).toThrow("There is no access key nobody.");
  });

  test("a temporary one needs its own token", () => {
    const lab = new Lab({ accounts: [TEMPORARY, { ...OTHERS, securityToken: "token two" }, MINE] });
    const say = (accessKeyId: string, securityToken?: string) =>
      lab.say("List", {}, { accessKeyId, ...(securityToken === undefined ? {} : { securityToken }) });
    expect(say("STS.one", "token one")).toBe("200");
    expect(say("STS.one")).toBe("400 MissingSecurityToken");
    expect(say("STS.one", "something")).toBe("400 InvalidSecurityToken.Malformed");
    expect(say("STS.one", "token two")).toBe("400 InvalidSecurityToken.MismatchWithAccessKey");
    expect(say("mine", "something")).toBe("400 InvalidSecurityToken.Malformed");
  });

  test("one expires by the clock, in the middle of a run", () => {
    const lab = new Lab({
      accounts: [
        { ...TEMPORARY, expiresAt: EXPIRY },
        { ...MINE, expiresAt: EXPIRY },
      ],
    });
    const who = { accessKeyId: "STS.one", securityToken: "token one" };
    expect(lab.pass(599_999).say("List", {}, who)).toBe("200");
    expect(lab.pass(1).say("List", {}, who)).toBe("400 InvalidSecurityToken.Expired");
    expect(lab.say("List")).toBe("404 InvalidAccessKeyId.NotFound");
  });

  test("changes to keys do not outlive a reset", () => {
    const lab = new Lab();
    lab.cloud.changeKey("mine", { status: "disabled" });
    lab.cloud.reset();
    expect(lab.say("List")).toBe("200");
    expect(MINE).not.toHaveProperty("status");
  });
});

describe("rights", () => {
  const may = (actions: string[], action: string) =>
    new Lab({ accounts: [{ ...MINE, actions }] }).call(action, FIELDS).httpStatus !== 403;

  test.each([
    [["live:DescribeLiveStreamMonitorList"], "List", true],
    [["live:DescribeLiveStreamMonitorList"], "Create", false],
    [["live:*"], "Delete", true],
    [["*"], "Delete", true],
    [["live:*LiveStreamMonitor"], "Stop", true],
    [["live:*LiveStreamMonitor"], "List", false],
    [["live:Delete"], "Delete", false],
    [["livexDeleteLiveStreamMonitor"], "Delete", false],
    [[], "Start", false],
    [[], "GetCallerIdentity", true],
  ] as const)("%j and %s: %s", (actions, action, allowed) => {
    expect(may([...actions], action)).toBe(allowed);
  });

  test("who may not is told so, and nothing happens", () => {
    const lab = new Lab({ accounts: [{ ...MINE, actions: ["live:Describe*"] }] });
    expect(lab.call("Create", FIELDS)).toMatchObject({
      httpStatus: 403,
      body: { Code: "Forbidden.RAM", Message: "User not authorized to operate on the specified resource." },
    });
    expect(lab.cloud.sessions.all()).toEqual([]);
  });
});

test.each([
  [MINE, "", { IdentityType: "Account", Arn: "acs:ram::1000:root", UserId: "1000" }],
  [{ ...MINE, actions: [] }, "", { IdentityType: "RAMUser", Arn: "acs:ram::1000:user/mine" }],
  [TEMPORARY, "token one", { IdentityType: "AssumedRoleUser", Arn: "acs:sts::1000:assumed-role/sandbox/STS.one" }],
])("GetCallerIdentity tells who one is", (key, token, identity) => {
  const lab = new Lab({ accounts: [key] });
  const { accessKeyId } = key;
  const { body } = lab.call("GetCallerIdentity", {}, { accessKeyId, ...(token ? { securityToken: token } : {}) });
  expect(body).toMatchObject({ AccountId: "1000", RequestId: expect.any(String), ...identity });
});

test("a version has its own actions", () => {
  const lab = new Lab();
  expect(lab.say("List", {}, { version: "2015-04-01" })).toBe("404 InvalidApi.NotFound");
  expect(lab.say("GetCallerIdentity", {}, { version: "2016-11-01" })).toBe("404 InvalidApi.NotFound");
  expect(lab.say("List", {}, { version: "2017-01-01" })).toBe("400 NoSuchVersion");
  expect(lab.call("Nothing", {}, { version: "2015-04-01" }).body.HostId).toBe("sts.aliyuncs.com");
});

describe("a list of accounts", () => {
  test("takes times as text", () => {
    const [key] = parseAccounts([{ ...MINE, expiresAt: "2026-01-01T00:10:00Z" }]);
    expect(key?.expiresAt).toBe(EXPIRY);
  });

  test.each([
    [[], "Bad accounts: accounts: Too small"],
    [[{ ...MINE, accountId: "x" }], "0.accountId: must be digits"],
    [[{ ...MINE, accessKeyId: "a,b" }], "0.accessKeyId: must not be empty or contain spaces or commas"],
    [[{ ...MINE, accessKeySecret: "" }], "0.accessKeySecret"],
    [[{ ...MINE, status: "gone" }], "0.status"],
    [[{ ...MINE, rights: [] }], 'Unrecognized key: "rights"'],
    [[MINE, MINE], "1.accessKeyId: mine occurs twice"],
  ])("%j is refused", (value, message) => {
    expect(() => parseAccounts(value)).toThrow(message);
  });

  test("all mistakes are told at once", () => {
    expect(() => parseAccounts([{ accountId: "x" }])).toThrow(/accountId.*accessKeyId.*accessKeySecret/);
  });
});
