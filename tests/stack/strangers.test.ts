import { sealOf } from "../../provider/model/record";
import type { Environment } from "./harness/engine";
import { type Stack, scenario } from "./harness/scenario";

/** A running session in a stack, and what the state and the cloud look like then. */
async function bring(stack: Stack): Promise<void> {
  stack.wall({ running: true });
  await stack.do("up");
  stack.calls();
}

/** Refresh and destroy both fail with this message, in one paragraph; the state keeps its session, and so does the cloud. */
async function failsSafely(stack: Stack, message: RegExp, env: Environment = {}): Promise<void> {
  const [before, session] = [await stack.record(), structuredClone(stack.session)];
  for (const operation of ["refresh", "destroy"] as const) {
    const log = await stack.fails(operation, { env });
    expect(log).toMatch(message);
    // No stack of ours is shown, and nothing is said twice in a row.
    expect(log).not.toMatch(/\bat \S+ \(|provider\/\S+\.[jt]s:\d/);
  }
  expect(stack.session).toEqual(session);
  expect(await stack.record()).toEqual(before);
}

scenario(
  "keys that are unknown, wrong, of another account, missing or without rights: never gone",
  async (stack) => {
    await bring(stack);
    const [own, other] = stack.server.accounts;
    const key = (id: string | undefined, secret: string | undefined): Environment => ({
      ALIBABA_CLOUD_ACCESS_KEY_ID: id,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret,
    });
    await failsSafely(
      stack,
      /InvalidAccessKeyId\.NotFound.*Check the access key/,
      key("no-such-key", "no-such-secret"),
    );
    await failsSafely(
      stack,
      /SignatureDoesNotMatch.*The secret does not belong/,
      key(own?.accessKeyId, "not-its-secret"),
    );
    await failsSafely(
      stack,
      new RegExp(`account ${other?.accountId} was asked, and the session belongs to account ${own?.accountId}`),
      key(other?.accessKeyId, other?.accessKeySecret),
    );
    await failsSafely(stack, /No Alibaba Cloud credentials were found/, key(undefined, undefined));
    await failsSafely(stack, /Only one of ALIBABA_CLOUD_ACCESS_KEY_ID and/, key(own?.accessKeyId, undefined));
    stack.server.cloud.accounts = stack.server.cloud.accounts.map((each) => ({ ...each, actions: [] }));
    await failsSafely(stack, /Forbidden\.RAM.*Grant the RAM user/);
    stack.server.cloud.accounts = [...stack.server.accounts];
    expect(stack.sessions).toHaveLength(1);
    await stack.do("destroy");
  },
  { core: true },
);

scenario(
  "a region, an account or an endpoint edited in the state is noticed before anything is believed",
  async (stack) => {
    stack.set({ regionScoped: true });
    await bring(stack);
    const { outputs: before } = await stack.monitor();
    for (const edit of [{ region: "cn-beijing" }, { accountId: "1" }, { endpoint: "live.aliyuncs.com" }]) {
      // An edit that the cloud's own answer does not expose: the session is really not to be found.
      stack.set({ unknownIdInList: "empty" });
      await stack.edit(({ outputs }) => outputs?.monitorId && Object.assign(outputs, edit));
      if ("region" in edit) {
        await failsSafely(stack, /were edited in the state since it was last saved.*pulumi stack history/);
      }
      await stack.edit(({ outputs }) => outputs?.monitorId && Object.assign(outputs, original(before)));
    }
    await stack.do("destroy");
    expect(stack.sessions).toEqual([]);
  },
);

scenario("a session that was made at another endpoint is not gone because this one does not know it", async (stack) => {
  await bring(stack);
  const id = "00000000-0000-4000-8000-000000000001";
  const real = await stack.monitor();
  const home = { region: "cn-shanghai", endpoint: "live.aliyuncs.com", accountId: String(real.outputs?.accountId) };
  await stack.edit((resource) => {
    if (resource.outputs?.monitorId) {
      Object.assign(resource, { id });
      Object.assign(resource.outputs, { monitorId: id, ...home, seal: sealOf(id, home) });
    }
  });
  await failsSafely(
    stack,
    /was made at live\.aliyuncs\.com, but the calls would go to http:\/\/127\.0\.0\.1:\d+\. Nothing was sent/,
  );
  await stack.edit((resource) => {
    if (resource.outputs?.monitorId) {
      Object.assign(resource, { id: real.id });
      Object.assign(resource.outputs, original(real.outputs));
    }
  });
  await stack.do("destroy");
});

scenario("no network, malformed answers, and an STS out of reach", async (stack) => {
  await bring(stack);
  // One that waits looks until its deadline: it never goes on without a look.
  const soon = { ALICLOUD_LIVE_DELETE_TIMEOUT: "2s", ALICLOUD_LIVE_ON_DELETE: "wait" };
  const nowhere = {
    ALIBABA_CLOUD_ENDPOINT_LIVE: "http://127.0.0.1:9",
    ALIBABA_CLOUD_ENDPOINT_STS: "http://127.0.0.1:9",
  };
  const log = await stack.fails("destroy", { env: { ...soon, ...nowhere } });
  expect(log).toMatch(/did not end within 2s\. A last look got no answer\..*Last answer: .*no connection to /);
  stack.fault({ action: "*", kind: "malformed" });
  expect(await stack.fails("destroy", { env: soon })).toMatch(
    /did not end within 2s.*Last answer: .*the answer lacks what the API documents/,
  );
  stack.fault({ action: "*", kind: "html" });
  expect(await stack.fails("destroy", { env: soon })).toMatch(
    /did not end within 2s.*Last answer: .*the answer is not JSON/,
  );
  stack.fault();
  expect((await stack.monitor()).id).toBe(stack.session.MonitorId);

  stack.fault({ action: "GetCallerIdentity", kind: "error", status: 403, code: "Forbidden.RAM" });
  stack.program(`new StreamMonitor("wall", { ...args, running: true }); new StreamMonitor("other", args);`);
  expect(await stack.fails("up")).toMatch(
    /GetCallerIdentity answered Forbidden\.RAM.*SKIP_ACCOUNT_CHECK=1.*No session was created/,
  );
  const { MonitorId } = stack.session;
  stack.act("stop", { MonitorId });
  await stack.untilStatus("wall", 0);
  stack.act("delete", { MonitorId });
  expect(await stack.fails("destroy")).toMatch(/the account that answered is unknown.*SKIP_ACCOUNT_CHECK=1/);
  expect(await stack.monitors()).toHaveLength(1);
  await stack.do("destroy", { env: { ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK: "1" } });
  expect(await stack.monitors()).toEqual([]);
});

/** The fields that these scenarios edit. */
function original(outputs: Record<string, unknown> = {}): Record<string, unknown> {
  const { monitorId, region, endpoint, accountId, seal } = outputs;
  return { monitorId, region, endpoint, accountId, seal };
}
