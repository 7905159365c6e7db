import { withoutUndefined } from "../../provider/base/objects";
import type { ListedSession } from "../../provider/lifecycle/list";
import { timeoutFor } from "../../provider/lifecycle/policies";
import type { OnDelete } from "../../provider/model/fields";
import { isAutomaticName, isNameOfStack, isSameName, type StackOwner } from "../../provider/model/names";
import type { PendingCreate, StateFile } from "./state-file";

/** What to sweep. All that is given must hold for a session; pending creates are found beside that. */
export interface Wanted {
  owner?: StackOwner | undefined;
  olderThanMs?: number | undefined;
  expired?: boolean | undefined;
  states: readonly StateFile[];
  /** The user says that no `up` of these stacks runs. */
  isIdle?: boolean | undefined;
  /** The policy for what no pending create says another of. */
  policy: OnDelete;
  nowMs: number;
}

/** A session, and what is to become of it. */
export interface Chosen {
  session: ListedSession;
  why: string;
  policy: OnDelete;
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
  // The oldest state proves best that a create has ended.
  pendings.sort((one, other) => (one.state.writtenAt ?? Infinity) - (other.state.writtenAt ?? Infinity));
  selection.notes.push(...new Set(pendings.flatMap(({ pending }) => noteOn(pending))));
  for (const session of sessions.filter(({ name }) => isAutomaticName(name))) {
    const holder = states.find(({ held }) => held.has(session.monitorId));
    const found = pendings.find(({ pending }) => isOfPending(session, pending));
    const put = (kind: "doomed" | "spared" | "undecided", why: string, own = policy) =>
      selection[kind].push({ session, why, policy: own });
    const asked = askedFor(session, wanted);
    if (holder !== undefined) {
      if (asked !== undefined || found !== undefined) {
        put("spared", `held by the state in ${holder.file}`);
      }
    } else if (found?.pending.adopts) {
      put("undecided", `${resourceOf(found.pending)} was to adopt it`);
    } else if (found?.pending.isGenerated) {
      const { pending, state } = found;
      const endsAt = (state.writtenAt ?? Number.NaN) + longestCreate(pending);
      const isOver = wanted.isIdle === true || wanted.nowMs > endsAt;
      const until = Number.isNaN(endsAt) ? "" : ` until ${new Date(endsAt).toISOString().slice(11, 16)} UTC`;
      const why = `a create of ${resourceOf(pending)} was cut off`;
      put(
        isOver ? "doomed" : "undecided",
        isOver ? why : `${why}; an \`up\` may still run${until}`,
        pending.onDelete ?? policy,
      );
    } else if (asked !== undefined) {
      const younger = states.find((state) => isYounger(session, state, wanted));
      put(
        asked.isKnown && younger === undefined ? "doomed" : "undecided",
        younger === undefined
          ? asked.why
          : `was started after the state in ${younger.file} was exported: export it again`,
      );
    }
  }
  return selection;
}

/** What of a pending create this cannot look for, or does not delete. */
function noteOn({ urn, monitorName, isGenerated, adopts, hasUnknownRegion }: PendingCreate): string[] {
  const cannot = (what: string) => [
    `The ${what} of the pending create ${urn} is encrypted in the state, so it cannot be looked for.`,
  ];
  if (monitorName === undefined) {
    return cannot("name");
  }
  if (hasUnknownRegion) {
    return cannot("region");
  }
  return isGenerated || adopts
    ? []
    : [
        `The pending create ${urn} was to make a session of a chosen name, ${monitorName}, which may be anybody's: look whether it exists.`,
      ];
}

function isOfPending({ monitorId, name }: ListedSession, { monitorName, adopts, adoptedId }: PendingCreate): boolean {
  return (adopts && adoptedId === monitorId) || (monitorName !== undefined && isSameName(name, monitorName));
}

/** How long a create may run after its state was written, in milliseconds. */
function longestCreate({ createTimeout }: PendingCreate): number {
  return timeoutFor("create", { timeouts: withoutUndefined({ create: createTimeout }) }, {}) + SAVING_MS;
}

/** Whether a session was started after a state of its own stack was written, which therefore cannot tell whether it has it. */
function isYounger({ name, startTime }: ListedSession, state: StateFile, { owner }: Wanted): boolean {
  const startedAt = Date.parse(startTime ?? "");
  return owner !== undefined && isNameOfStack(state, name) && startedAt > (state.writtenAt ?? Number.NaN);
}

function resourceOf({ urn }: PendingCreate): string {
  return urn.split("::").at(-1) ?? urn;
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
