import { EngineError } from "../errors";
import { parseUrn } from "../urn";
import { isObject, isSecret, mapChildren, type Value, type Values } from "../wire/values";

/** Whether a value has the right type. */
type Is = (value: Value) => boolean;

const isText: Is = (value) => typeof value === "string";
const isFlag: Is = (value) => typeof value === "boolean";
const isTexts: Is = (value) => Array.isArray(value) && value.every(isText);
const isObjectOf: Is = (value) => isObject(value);
const isUrn: Is = (value) => typeof value === "string" && parseUrn(value) !== undefined;
const isMap =
  (is: Is): Is =>
  (value) =>
    isObject(value) && Object.values(value).every(is);

/** The fields that the engine relies on in a resource. It keeps all others unchanged. */
const REQUIRED: Readonly<Record<string, Is>> = { urn: isUrn, type: isText };
const OPTIONAL: Readonly<Record<string, Is>> = {
  custom: isFlag,
  delete: isFlag,
  external: isFlag,
  protect: isFlag,
  pendingReplacement: isFlag,
  retainOnDelete: isFlag,
  id: isText,
  parent: isText,
  provider: isText,
  deletedWith: isText,
  dependencies: isTexts,
  initErrors: isTexts,
  aliases: isTexts,
  additionalSecretOutputs: isTexts,
  propertyDependencies: isMap((value) => value === null || isTexts(value)),
  customTimeouts: isObjectOf,
  inputs: (value) => isObject(value) && holdsReadableSecrets(value),
  outputs: (value) => isObject(value) && holdsReadableSecrets(value),
};

/**
 * Refuses a deployment with a field of another type than `pulumi stack export` writes, before anything is done. Otherwise a
 * JavaScript error would end the operation halfway. Returns the deployment without the fields that Pulumi writes as `null`.
 */
export function requireShape(path: string, deployment: Values): Values {
  const wrong = (place: string): never => {
    throw new EngineError(
      `${path} is not in the format of \`pulumi stack export\`: \`${place}\` is missing or has the wrong type. Nothing was done. Correct the file, or restore it from a backup.`,
    );
  };
  const resource = (value: Value, place: string): Values => {
    if (!isObject(value)) {
      return wrong(place);
    }
    const given = withoutNulls(value, Object.keys(OPTIONAL));
    for (const [key, is] of Object.entries({ ...REQUIRED, ...OPTIONAL })) {
      const found = given[key];
      if (found === undefined ? key in REQUIRED : !is(found)) {
        wrong(`${place}.${key}`);
      }
    }
    return given;
  };
  const list = (key: string, each: (value: Value, place: string) => Values): Values => {
    const values = deployment[key];
    return Array.isArray(values) ? { [key]: values.map((value, i) => each(value, `${key}[${i}]`)) } : wrong(key);
  };
  const pending = (value: Value, place: string): Values =>
    isObject(value) && isText(value.type ?? null)
      ? { ...value, resource: resource(value.resource ?? null, `${place}.resource`) }
      : wrong(place);
  const { secrets_providers: provider = null } = deployment;
  if (provider !== null && !(isObject(provider) && isText(provider.type ?? null))) {
    wrong("secrets_providers");
  }
  return {
    ...withoutNulls(deployment, ["secrets_providers", "metadata", "resources", "pending_operations"]),
    ...(deployment.resources ? list("resources", resource) : {}),
    ...(deployment.pending_operations ? list("pending_operations", pending) : {}),
  };
}

/** Whether every secret is one string, encrypted or not. */
function holdsReadableSecrets(value: Value): boolean {
  let isFine = true;
  const visit = (each: Value): Value => {
    if (isSecret(each)) {
      const { ciphertext, plaintext } = each as Values;
      isFine &&= isText(ciphertext ?? plaintext ?? null);
      return each;
    }
    return mapChildren(each, visit);
  };
  visit(value);
  return isFine;
}

function withoutNulls(values: Values, keys: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => value !== null || !keys.includes(key)));
}
