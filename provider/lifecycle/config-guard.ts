import type { Service } from "../account/account";
import type { Sources } from "../account/config";
import { type Mistake, readIdentity } from "../account/identity";
import { explain, Failure } from "../base/errors";
import { isSealIntact, type MonitorState } from "../model/state";
import type { Operation } from "./operation";

/** What is wrong with the settings, in the form that `check` reports. */
export function settingMistakes(sources: Sources): string[] {
  return readIdentity(sources).mistakes.map(told);
}

function told({ setting, reason }: Mistake): string {
  return `${setting.includes("`") ? setting : `\`${setting}\``} ${reason}`;
}

/** Before anything is created or changed: a setting that cannot be followed might have named another account. */
export function refuseMistakes(sources: Sources): void {
  const mistakes = settingMistakes(sources);
  if (mistakes.length > 0) {
    throw new Failure(
      `The credentials cannot be chosen: ${mistakes.join("; ")}. Nothing was sent, and the state is as it was. Correct the settings (of the stack's configuration, or of the explicit \`Provider\`), then run the command again.`,
    );
  }
}

/**
 * A read or a delete gets settings that an earlier `up` saved, perhaps with a version that passed over what it did not know.
 * It warns, and goes on only when STS confirms that the credentials belong to the account in the state. And where the saved
 * access key was rotated since, credentials of the environment for that account may take its place.
 */
export async function admitSavedSettings(
  old: MonitorState,
  sources: Sources,
  service: Service,
  operation: Operation,
): Promise<void> {
  const { accountId: recorded } = old;
  if (recorded !== undefined && isSealIntact(old)) {
    operation.standInFor = { accountId: recorded, warn: (text) => operation.warn(text) };
  }
  const mistakes = settingMistakes(sources);
  if (mistakes.length === 0) {
    return;
  }
  const what = `Settings that cannot be followed are ignored: ${mistakes.join("; ")}.`;
  const then =
    "Nothing was changed; the session stays in the state, and may run and cost money. Correct the settings and run the command with `--run-program`, or run `pulumi up` first.";
  if (operation.standInFor === undefined) {
    throw new Failure(
      `${what} The state does not say for certain which account the session belongs to, so the credentials cannot be verified. ${then}`,
    );
  }
  operation.warn(`${what} Correct them, then run \`pulumi up\`.`);
  operation.enter("asking which account this is");
  const accountId = await service.whoami(operation).catch((error: unknown) => {
    operation.signal.throwIfAborted();
    throw new Failure(`${what} The credentials could not be verified: ${explain(error)} ${then}`);
  });
  if (accountId !== recorded) {
    throw new Failure(
      `${what} Without them the credentials belong to account ${accountId}, and the session belongs to account ${recorded}. ${then}`,
    );
  }
}

/** `alicloud:accountId` names an account: a create in another is a mistake. */
export function expectAccount(accountId: string, sources: Sources): void {
  const expected = sources.config("alicloud:accountId")?.trim();
  if (expected !== undefined && expected !== accountId) {
    throw new Failure(
      `The credentials belong to account ${accountId}, but \`alicloud:accountId\` names account ${expected}. No session was created. Use credentials of account ${expected}, or correct \`alicloud:accountId\`, then run the command again.`,
    );
  }
}
