import { sealOf } from "../../provider/model/record";
import type { Environment } from "./harness/engine";
import { type Stack, scenario } from "./harness/scenario";

/** A running session in a stack, and what the state and the cloud look like then. */
async function bring(stack: Stack): Promise<void> {
  stack.wall({ running: true });
  await stack.do("up");
  stack.calls();
}

/** Refresh and destroy, or the one that is named, fail with this message, in one paragraph; the state keeps its session, and so does the cloud. */
async function failsSafely(
  stack: Stack,
  message: RegExp,
  env: Environment = {},
  operations: readonly ("refresh" | "destroy")[] = ["refresh", "destroy"],
): Promise<void> {
  const [before, session] = [await stack.record(), structuredClone(stack.session)];
  for (const operation of operations) {
    const log = await stack.fails(operation, { env });
    expect(log).toMatch(message);
    // No stack of ours is shown, and nothing is said twice in a row.
    expect(log).not.toMatch(/\bat \S+ \(|provider\/\S+\.[jt]s:\d/);
  }
  expect(stack.session).toEqual(session);
  expect(await stack.record()).toEqual(before);
}

scenario(
  "keys that are unknown, of another account, missing or without rights, no network, an STS out of reach: never gone",
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
      ["refresh"],
    );
    await failsSafely(
      stack,
      new RegExp(`account ${other?.accountId} was asked, and the session belongs to account ${own?.accountId}`),
      key(other?.accessKeyId, other?.accessKeySecret),
    );
    await failsSafely(stack, /No Alibaba Cloud credentials were found/, key(undefined, undefined), ["destroy"]);
    stack.server.cloud.accounts = stack.server.cloud.accounts.map((each) => ({ ...each, actions: [] }));
    await failsSafely(stack, /Forbidden\.RAM.*Grant the RAM user/, {}, ["refresh"]);
    stack.server.cloud.accounts = [...stack.server.accounts];
    expect(stack.sessions).toHaveLength(1);

    // One that waits looks until its deadline: it never goes on without a look.
    const soon = { ALICLOUD_LIVE_DELETE_TIMEOUT: "2s", ALICLOUD_LIVE_ON_DELETE: "wait" };
    const nowhere = {
      ALIBABA_CLOUD_ENDPOINT_LIVE: "http://127.0.0.1:9",
      ALIBABA_CLOUD_ENDPOINT_STS: "http://127.0.0.1:9",
    };
    await failsSafely(
      stack,
      /did not end within 2s\. A last look got no answer\..*Last answer: .*no connection to /,
      { ...soon, ...nowhere },
      ["destroy"],
    );

    stack.fault({ action: "GetCallerIdentity", kind: "error", status: 403, code: "Forbidden.RAM" });
    const { MonitorId } = stack.session;
    stack.act("stop", { MonitorId });
    await stack.untilStatus("wall", 0);
    stack.act("delete", { MonitorId });
    expect(await stack.fails("destroy")).toMatch(/the account that answered is unknown.*SKIP_ACCOUNT_CHECK=1/);
    expect(await stack.monitors()).toHaveLength(1);
    await stack.do("destroy", { env: { ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK: "1" } });
    expect(await stack.monitors()).toEqual([]);
  },
  { core: true },
);

scenario("a region edited in the state, and another endpoint than this one: never gone", async (stack) => {
  stack.set({ regionScoped: true });
  await bring(stack);
  // An edit that the cloud's own answer does not expose: the session is really not to be found.
  stack.set({ unknownIdInList: "empty" });
  await stack.edit(({ outputs }) => outputs?.monitorId && Object.assign(outputs, { region: "cn-beijing" }));
  await failsSafely(stack, /was edited there.*pulumi stack history/, {}, ["refresh"]);

  const id = "00000000-0000-4000-8000-000000000001";
  const real = await stack.monitor();
  // The edit makes the state forget it.
  stack.forgiven.add(real.id ?? "");
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
    {},
    ["destroy"],
  );
});
