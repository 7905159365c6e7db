import type * as pulumi from "@pulumi/pulumi";
import { secretKeysOf } from "../model/secrets";

/** How a value is marked as secret on Pulumi's wire: plain JSON, which the plugin host carries as it is. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

type Values = Record<string, unknown>;

/**
 * Marks the secrets in everything that the hooks return. The engine itself marks only what the program marked under the same
 * key: not what a transformation or transform put in after the program, what a read found, or what is made of a secret.
 */
export function withSecretMarks(hooks: Required<pulumi.dynamic.ResourceProvider>): pulumi.dynamic.ResourceProvider {
  return {
    configure: (request) => hooks.configure(request),
    check: async (olds, news) => {
      const { inputs, ...rest } = await hooks.check(olds, news);
      return { ...rest, inputs: marked(inputs) };
    },
    diff: (id, olds, news) => hooks.diff(id, olds, news),
    create: async (inputs) => {
      const { id, outs } = await markedFailures(() => hooks.create(inputs));
      return { id, outs: marked(outs) };
    },
    read: async (id, olds) => {
      const { props, inputs, ...rest } = await hooks.read(id, olds);
      return { ...rest, ...(props ? { props: marked(props) } : {}), ...(inputs ? { inputs: marked(inputs) } : {}) };
    },
    update: async (id, olds, news) => {
      const { outs } = await markedFailures(() => hooks.update(id, olds, news));
      return { outs: marked(outs) };
    },
    delete: (id, olds) => hooks.delete(id, olds),
  };
}

function marked(values: Values = {}): Values {
  const secret = secretKeysOf(values);
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      secret.has(key) && value != null ? { [SIGNATURE]: SECRET, value } : value,
    ]),
  );
}

/** A failure that leaves a session behind carries its state. */
async function markedFailures<T>(hook: () => Promise<T>): Promise<T> {
  try {
    return await hook();
  } catch (error) {
    const failure = error as { properties?: Values };
    if (failure.properties !== undefined) {
      failure.properties = marked(failure.properties);
    }
    throw error;
  }
}
