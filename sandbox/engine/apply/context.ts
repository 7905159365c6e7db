import { EngineError } from "../errors";
import type { Providers } from "../process/providers";
import type { ResourceState } from "../state/state";
import { isProviderType, providerUrn } from "../urn";
import { changedPaths, covers, keepIgnored, keysOf, parsePath } from "../wire/paths";
import type { Diff, ResourceProvider } from "../wire/provider";
import { unwrap, type Values } from "../wire/values";
import type { Ledger } from "./ledger";
import type { Report } from "./report";

/** What all parts of an operation use. */
export interface Context {
  ledger: Ledger;
  report: Report;
  providers: Providers;
  isPreview: boolean;
}

/**
 * Returns the provider of a resource: the engine itself, or a plugin. Returns `undefined` for components, and for plugins with a
 * configuration that a preview does not know.
 */
export async function providerOf(
  { ledger, providers }: Context,
  { custom, type, provider = "" }: Pick<ResourceState, "custom" | "type" | "provider">,
): Promise<ResourceProvider | undefined> {
  if (!custom) {
    return undefined;
  }
  if (isProviderType(type)) {
    return providers;
  }
  if (!providers.has(provider)) {
    // The program has not declared it, so the configuration in the state applies.
    const known = ledger.resources.find((each) => `${each.urn}::${each.id}` === provider);
    if (known === undefined) {
      throw new EngineError(`could not find provider ${provider}`);
    }
    providers.use(providerUrn(provider), known.id ?? "", known.inputs ?? {});
  }
  return providers.get(provider);
}

export interface DiffSubject {
  urn: string;
  id: string;
  oldInputs: Values;
  oldOutputs: Values;
  news: Values;
  ignoreChanges: string[];
}

/** Asks the provider for the difference. Compares the inputs if the provider leaves that to the engine. */
export async function diffOf(provider: ResourceProvider, subject: DiffSubject, report: Report): Promise<Diff> {
  const { urn, id, oldInputs, oldOutputs, news, ignoreChanges } = subject;
  const answer = await provider.diff(urn, id, oldInputs, oldOutputs, news);
  const { changes, replaces, deleteBeforeReplace } = answer;
  if (changes !== undefined) {
    return { changes, replaces, deleteBeforeReplace, paths: answer.paths ?? [] };
  }
  const wanted = keepIgnored(news, oldInputs, ignoreChanges, ignoredInVain(urn, report));
  const paths = changedPaths(unwrap(oldInputs), unwrap(wanted));
  return { changes: paths.length > 0, replaces, deleteBeforeReplace, paths };
}

/** Adds the keys that the program names in `replaceOnChanges` to a diff. */
export function withReplaceOnChanges(diff: Diff, replaceOnChanges: string[]): Diff {
  if (!diff.changes) {
    return diff;
  }
  const wanted = replaceOnChanges.map(parsePath);
  const forced = diff.paths.filter((path) => wanted.some((each) => covers(each, path)));
  return { ...diff, replaces: [...new Set([...diff.replaces, ...keysOf(forced)])] };
}

/** Reports that `ignoreChanges` has no effect at a path. */
export function ignoredInVain(urn: string, report: Report): (path: string) => void {
  return (path) =>
    report.diagnose("info", `cannot ignore changes in added or removed elements of the path: "${path}"`, urn);
}
