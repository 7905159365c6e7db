import { FIELDS, Lab } from "./support/lab";

const LIMITS: [string, number][] = [
  ["Create", 10],
  ["Update", 10],
  ["Start", 10],
  ["Stop", 10],
  ["Delete", 10],
  ["List", 15],
  ["GetCallerIdentity", 100],
];

/** How many calls out of many are let through at once. */
function admitted(lab: Lab, action: string, accessKeyId = "mine"): number {
  const answers = Array.from({ length: 300 }, () => lab.say(action, {}, { accessKeyId }));
  return answers.filter((each) => !each.includes("Throttling")).length;
}

test.each(LIMITS)("%s is let through %i times a second", (action, limit) => {
  const lab = new Lab({ switches: { qps: 1 } });
  expect(admitted(lab, action)).toBe(limit);
  expect(lab.pass(999).say(action)).toBe("400 Throttling.User");
  expect(admitted(lab.pass(1), action)).toBe(limit);
});

test("the second slides: each call makes room a second after it came", () => {
  const lab = new Lab({ switches: { qps: 1 } });
  for (let i = 0; i < 10; i += 1) {
    expect(lab.pass(50).say("Create", FIELDS)).toBe("200");
  }
  expect(lab.pass(50).say("Create", FIELDS)).toBe("400 Throttling.User");
  expect(lab.pass(500).say("Create", FIELDS)).toBe("200");
  expect(lab.say("Create", FIELDS)).toBe("400 Throttling.User");
});

test("a throttled call does nothing, and does not count", () => {
  const lab = new Lab({ switches: { qps: 1 } });
  const made = Array.from({ length: 40 }, () => lab.say("Create", FIELDS)).filter((each) => each === "200");
  expect(made).toHaveLength(10);
  expect(lab.cloud.sessions.all()).toHaveLength(10);
  expect(lab.pass(1000).say("Create", FIELDS)).toBe("200");
});

test("each action has a limit of its own, and so has each account, whatever its keys", () => {
  const second = { accountId: "1000", accessKeyId: "second", accessKeySecret: "x" };
  const lab = new Lab({ switches: { qps: 1 } });
  lab.cloud.accounts.push(second);
  expect(admitted(lab, "Start")).toBe(10);
  expect(admitted(lab, "Start", "second")).toBe(0);
  expect(admitted(lab, "Start", "others")).toBe(10);
  expect(admitted(lab, "Stop")).toBe(10);
});

test("calls that the gateway refuses for another reason do not count", () => {
  const lab = new Lab({ switches: { qps: 1 } });
  lab.cloud.changeKey("mine", { actions: [] });
  expect(lab.say("Delete")).toBe("403 Forbidden.RAM");
  lab.cloud.changeKey("mine", { actions: ["live:*"] });
  expect(admitted(lab, "Delete")).toBe(10);
});

test("what it says is the template of its code", () => {
  const lab = new Lab({ switches: { qps: 1, throttleCode: "Throttling.Api" } });
  admitted(lab, "List");
  expect(lab.call("List").body).toMatchObject({
    Code: "Throttling.Api",
    Message: "Request was denied due to api flow control.",
  });
});
