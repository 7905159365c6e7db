import { type Context, diffOf, providerOf, withReplaceOnChanges } from "../apply/context";
import { dependenciesOf, type ResourceState } from "../state/state";
import { isProviderType, providerUrn } from "../urn";
import { UNKNOWN } from "../wire/values";

/**
 * The dependents that must be deleted before a resource, because they must be replaced with it, in the order of their creation.
 * Asks the provider of each dependent what it would do if the values from deleted resources changed.
 *
 * @param isRegistered - whether the program has declared a resource already; then it no longer depends on this one
 */
export async function cascade(
  context: Context,
  root: ResourceState,
  isRegistered: (urn: string) => boolean,
): Promise<ResourceState[]> {
  const { olds } = context.ledger;
  const dependents = new Set([root.urn]);
  const replaced = new Set([root.urn]);
  const found: ResourceState[] = [];
  for (const state of olds.slice(olds.indexOf(root) + 1)) {
    if (isRegistered(state.urn) || ![...dependenciesOf(state)].some((urn) => dependents.has(urn))) {
      continue;
    }
    dependents.add(state.urn);
    if (await mustBeReplaced(context, state, replaced)) {
      replaced.add(state.urn);
      found.push(state);
    }
  }
  const together = context.ledger.resources.filter((each) => each.deletedWith === root.urn && !found.includes(each));
  return [...found, ...together];
}

async function mustBeReplaced(context: Context, state: ResourceState, replaced: ReadonlySet<string>): Promise<boolean> {
  const { urn, id = "", custom, external, provider, deletedWith, inputs = {}, outputs = {} } = state;
  if (!custom || external) {
    return false;
  }
  if ((provider && replaced.has(providerUrn(provider))) || (deletedWith && replaced.has(deletedWith))) {
    return true;
  }
  const touched = Object.keys(inputs).filter((key) =>
    state.propertyDependencies?.[key]?.some((each) => replaced.has(each)),
  );
  if (touched.length === 0 || isProviderType(state.type)) {
    return false;
  }
  const news = { ...inputs, ...Object.fromEntries(touched.map((key) => [key, UNKNOWN])) };
  const resourceProvider = await providerOf(context, state);
  if (resourceProvider === undefined) {
    return false;
  }
  const { ignoreChanges = [], replaceOnChanges = [] } = state;
  const subject = { urn, id, oldInputs: inputs, oldOutputs: outputs, news, ignoreChanges };
  const diff = await diffOf(resourceProvider, subject, context.report);
  return withReplaceOnChanges(diff, replaceOnChanges).replaces.length > 0;
}
