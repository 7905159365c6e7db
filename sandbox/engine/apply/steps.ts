import { type ResourceState, timesOf } from "../state/state";
import { isProviderType } from "../urn";
import { InitError, type ResourceProvider } from "../wire/provider";
import { sameValue, UNKNOWN } from "../wire/values";
import { type Context, providerOf } from "./context";
import { type Complete, ProtectedError, type Step } from "./step";

/** What all steps for a declared resource need. */
interface Subject {
  context: Context;
  /** The declared state. */
  next: ResourceState;
  provider: ResourceProvider | undefined;
  /** Passes the result to the program. */
  complete: Complete;
}

/** Keeps a resource; only its options may change. */
export function sameStep({ context, old, next, provider, complete }: Subject & { old: ResourceState }): Step {
  return {
    op: "same",
    urn: next.urn,
    old,
    next,
    apply: async () => {
      Object.assign(next, { id: old.id, outputs: old.outputs });
      if (isProviderType(next.type) && provider !== undefined) {
        context.providers.use(next.urn, old.id ?? "", old.inputs ?? {});
      }
    },
    record: () => context.ledger.settle(old, next),
    complete: () => complete(next),
  };
}

interface Creation extends Subject {
  op: "create" | "create-replacement";
  /** The resource that it replaces. */
  old?: ResourceState;
  /** Whether the replaced resource still exists, and is deleted at the end. */
  deletesLater?: boolean;
  keys?: string[];
}

export function createStep({ context, op, old, next, provider, complete, deletesLater, keys }: Creation): Step {
  const { ledger, isPreview } = context;
  const { urn, inputs = {} } = next;
  return {
    op,
    urn,
    ...(old ? { old } : {}),
    next,
    ...(keys ? { keys } : {}),
    pending: "creating",
    apply: async () => {
      next.outputs = {};
      const isReal = !isPreview || isProviderType(next.type) || provider?.supportsPreview === true;
      await orHalf(next, async () => {
        const call = { isPreview, seconds: next.customTimeouts?.create };
        const made = next.custom && isReal ? await provider?.create(urn, inputs, call) : undefined;
        Object.assign(next, made ?? { outputs: provider ? { ...inputs } : {} });
      }).finally(() => {
        const now = new Date().toISOString();
        Object.assign(next, { created: now, modified: now });
      });
    },
    record: () => {
      ledger.settle(old?.pendingReplacement ? old : undefined, next);
      if (old && deletesLater) {
        ledger.amend(old, { delete: true });
      }
    },
    complete: () => complete(next),
  };
}

/** Marks a replacement; its create and delete are separate steps. */
export function replaceStep(old: ResourceState, next: ResourceState, keys: string[]): Step {
  return { op: "replace", urn: next.urn, old, next, keys, apply: async () => {}, record: () => {} };
}

export function updateStep(subject: Subject & { old: ResourceState; keys: string[] }): Step {
  const { context, old, next, provider, complete, keys } = subject;
  const { id = "", inputs: oldInputs = {}, outputs: oldOutputs = {} } = old;
  return {
    op: "update",
    urn: next.urn,
    old,
    next,
    keys,
    pending: "updating",
    apply: async () => {
      next.id = id;
      const { inputs: news = {}, urn } = next;
      if (!next.custom) {
        next.outputs = {};
        return;
      }
      next.modified = new Date().toISOString();
      const { isPreview } = context;
      const isReal = !isPreview || isProviderType(next.type) || provider?.supportsPreview === true;
      const call = { isPreview, seconds: next.customTimeouts?.update };
      await orHalf(next, async () => {
        const made = isReal ? await provider?.update(urn, id, oldInputs, oldOutputs, news, call) : undefined;
        next.outputs = made ?? (isReal ? {} : { ...news });
      }).finally(() => {
        if (next.initErrors) {
          // The update failed partly, so the old inputs stay: the next operation then updates again.
          next.inputs = { ...oldInputs };
        }
      });
    },
    record: () => context.ledger.settle(old, next),
    complete: () => complete(next),
  };
}

interface Reading {
  context: Context;
  old?: ResourceState;
  next: ResourceState;
  complete: Complete;
  /** The stack owned another resource with this name, which is deleted at the end. */
  isReplaced: boolean;
}

export function readStep({ context, old, next, complete, isReplaced }: Reading): Step {
  const { urn, id = "", inputs = {} } = next;
  return {
    op: isReplaced ? "read-replacement" : "read",
    urn,
    ...(old ? { old } : {}),
    next,
    pending: "reading",
    apply: async () => {
      next.outputs = {};
      if (id !== UNKNOWN) {
        const provider = await providerOf(context, next);
        const found = await provider?.read(urn, id, inputs, inputs);
        Object.assign(next, {
          outputs: found?.outputs ?? {},
          id: found?.id || id,
          initErrors: found?.initErrors ?? [],
        });
      }
      const isNews = old && !(sameValue(inputs, old.inputs) && sameValue(next.outputs, old.outputs));
      Object.assign(next, timesOf(old), isNews ? { modified: new Date().toISOString() } : {});
      if (next.initErrors?.length) {
        throw new InitError(next.id ?? "", next.outputs ?? {}, next.initErrors);
      }
    },
    record: () => {
      context.ledger.settle(isReplaced ? undefined : old, next);
      if (old && isReplaced) {
        // As in Pulumi's engine: unlike after a create, the old resource leaves the file once the new one has been read.
        context.ledger.amend(old, { delete: true });
        context.ledger.strikeOff(old);
      }
    },
    complete: () => complete(next),
  };
}

/**
 * Deletes a resource.
 *
 * @param doomed - URNs of everything that is deleted too
 * @param isReplacedNext - whether its replacement is created next; until then the old state stays recorded
 */
export function deleteStep(
  context: Context,
  old: ResourceState,
  kind: "delete" | "delete-replaced",
  doomed: () => ReadonlySet<string>,
  isReplacedNext = false,
): Step {
  const { urn, id = "", inputs = {}, outputs = {} } = old;
  const op = old.external ? (kind === "delete" ? "discard" : "discard-replaced") : kind;
  return {
    op,
    urn,
    old,
    pending: "deleting",
    apply: async () => {
      if (kind === "delete" && old.protect) {
        throw new ProtectedError(
          `resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\`, or use the command:\n\`pulumi state unprotect '${urn}'\``,
        );
      }
      const goesWithAnother = old.deletedWith !== undefined && doomed().has(old.deletedWith);
      if (old.custom && !context.isPreview && !old.external && !old.retainOnDelete && !goesWithAnother) {
        const call = { seconds: old.customTimeouts?.delete };
        await (await providerOf(context, old))?.delete(urn, id, inputs, outputs, call);
      }
    },
    record: () => {
      if (isReplacedNext) {
        context.ledger.amend(old, { pendingReplacement: true });
      } else {
        context.ledger.settle(old, undefined);
      }
    },
  };
}

/** Removes a resource from the state that was deleted already and will not be created again. */
export function forgetStep(context: Context, old: ResourceState): Step {
  const { urn } = old;
  return {
    op: "remove-pending-replace",
    urn,
    old,
    apply: async () => {},
    record: () => context.ledger.settle(old, undefined),
  };
}

/** Runs a call to the provider. If it succeeds only partly, keeps the resource that exists. */
async function orHalf(next: ResourceState, call: () => Promise<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (error instanceof InitError) {
      const { id, outputs, reasons } = error;
      Object.assign(next, { outputs, initErrors: reasons, id: next.id || id });
    }
    throw error;
  }
}
