import { Failure } from "../base/errors";
import { isText, withoutUndefined } from "../base/objects";
import type { ListedSession } from "../lifecycle/list";
import type { MonitorLifecycle } from "../lifecycle/monitor";
import { lookedUp, type Properties, withoutInternal } from "../model/state";

type Call = (lifecycle: MonitorLifecycle, args: Properties) => Promise<Properties>;

/** What a program can ask without declaring a resource, by token. */
export const FUNCTIONS: Readonly<Record<string, Call>> = {
  "alicloud-live:index:getStreamMonitors": async (lifecycle, { region }) => {
    const { region: asked, accountId, sessions } = await lifecycle.list(textOrNone("region", region));
    return withoutUndefined({ region: asked, accountId, monitors: sessions.map(shown) });
  },
  "alicloud-live:index:getStreamMonitor": async (lifecycle, { monitorId, region }) => {
    const id = textOrNone("monitorId", monitorId);
    if (id === undefined) {
      throw new Failure("`monitorId` is required. Nothing was sent.", "settings");
    }
    const found = await lifecycle.read(id, lookedUp(textOrNone("region", region)), undefined);
    return withoutInternal(found?.state ?? {});
  },
};

/** As `pulumi-alicloud-live list` shows it: no URL, no address. */
function shown({ monitorId, name, region, status, startTime, stopTime, expiresAt, owner }: ListedSession): Properties {
  return withoutUndefined({
    ...{ monitorId, monitorName: name, region, status, startTime, stopTime, owner },
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt).toISOString(),
  });
}

function textOrNone(name: string, value: unknown): string | undefined {
  if (value == null || isText(value)) {
    return value ?? undefined;
  }
  throw new Failure(`\`${name}\` must be text. Nothing was sent.`, "settings");
}
