import { withoutUndefined } from "../../provider/base/objects";
import type { ListedSession } from "../../provider/lifecycle/list";
import { timeoutFor } from "../../provider/lifecycle/policies";
import { isAutomaticName, isNameOfStack, isSameName, type StackOwner } from "../../provider/model/names";
import type { PendingCreate, StateFile } from "./state-file";

/** What to sweep. All that is given must hold for a session; pending creates are found beside that. */
export interface Wanted {
  owner?: StackOwner | undefined;
  olderThanMs?: number | undefined;
  expired?: boolean | undefined;
  states: readonly StateFile[];
  /** The policy for what no pending create says another of. */
  policy: string;
  nowMs: number;
}

/** A session, and what is to become of it. */
export interface Chosen {
  session: ListedSession;
  why: string;
  policy: string;
}

export interface Selection {
  /** To delete. */
  doomed: Chosen[];
  /** Of the wanted owner, but held by a state. */
  spared: Chosen[];
  /** Nobody can tell whether to delete it. */
  undecided: Chosen[];
  /** Pending creates that cannot be looked for. */
  notes: string[];
}

/** The time that the CLI may take after a create to save its result. */
const SAVING_MS = 60_000;

/** Selects only sessions with a generated name. The names of the wanted owner are encoded and compared whole, never by a prefix. */
export function select(sessions: readonly ListedSession[], wanted: Wanted): Selection {
  const selection: Selection = { doomed: [], spared: [], undecided: [], notes: [] };
  const { states, policy } = wanted;
  const pendings = states.flatMap((state) => state.pending.map((pending) => ({ state, pending })));
  for (const { pending } of pendings) {
    if (pending.monitorName === undefined) {
      selection.notes.push(
        `The name of the pending create ${pending.urn} is encrypted in the state, so it cannot be looked for.`,
      );
    }
  }
  for (const session of sessions.filter(({ name }) => isAutomaticName(name))) {
    const holder = states.find(({ held }) => held.has(session.monitorId));
    const found = pendings.find(
      ({ pending }) => pending.monitorName !== undefined && isSameName(session.name, pending.monitorName),
    );
    const put = (kind: "doomed" | "spared" | "undecided", why: string, own = policy) =>
      selection[kind].push({ session, why, policy: own });
    const asked = askedFor(session, wanted);
    if (holder !== undefined) {
      if (asked !== undefined || found !== undefined) {
        put("spared", `held by the state in ${holder.file}`);
      }
    } else if (found !== undefined && counts(found.pending)) {
      const runsAtMost =
        timeoutFor("create", { timeouts: withoutUndefined({ create: found.pending.createTimeout }) }, {}) + SAVING_MS;
      const isOver = found.state.writtenAt !== undefined && wanted.nowMs - found.state.writtenAt > runsAtMost;
      const why = `a create of ${found.pending.urn.split("::").at(-1)} was cut off`;
      put(
        isOver ? "doomed" : "undecided",
        isOver ? why : `${why}; an \`up\` may still run`,
        found.pending.onDelete ?? policy,
      );
    } else if (asked !== undefined) {
      put(asked.isKnown ? "doomed" : "undecided", asked.why);
    }
  }
  return selection;
}

function counts({ isGenerated, adopts }: PendingCreate): boolean {
  return isGenerated && !adopts;
}

/** Whether owner, age and expiry fit; `isKnown: false` for a session without an age. `undefined`: it is not asked for. */
function askedFor(
  { name, startTime, expiresAt }: ListedSession,
  { owner, olderThanMs, expired, nowMs }: Wanted,
): { isKnown: boolean; why: string } | undefined {
  if (owner === undefined && olderThanMs === undefined && expired !== true) {
    return undefined;
  }
  if (owner !== undefined && !isNameOfStack(owner, name)) {
    return undefined;
  }
  if (expired === true && (expiresAt === undefined || expiresAt > nowMs)) {
    return undefined;
  }
  const reasons = [
    ...(owner === undefined ? [] : [`of ${owner.project}/${owner.stack}`]),
    ...(expired === true ? ["expired"] : []),
  ];
  if (olderThanMs === undefined) {
    return { isKnown: true, why: reasons.join(", ") };
  }
  const startedAt = Date.parse(startTime ?? "");
  if (Number.isNaN(startedAt)) {
    return { isKnown: false, why: [...reasons, "never started, so it has no age"].join(", ") };
  }
  return nowMs - startedAt > olderThanMs ? { isKnown: true, why: [...reasons, "old enough"].join(", ") } : undefined;
}
