// Takes one guard out at a time and runs the tests that should notice. Usage: npm run mutations
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const GUARDS = "tests/faults/guards";

/** Each: the guard, its file (in `provider` unless said), what stands there, what is put in its place, and the narrowest tests that must fail. */
const MUTATIONS = [
  {
    guard: "the exact-code rule: a 404 by itself is not gone",
    file: "live/error-table.ts",
    from: "export const errorTable: readonly ErrorRow[] = [",
    to: 'export const errorTable: readonly ErrorRow[] = [\n  { action: "any", code: "*", status: [404], verdict: "gone", source: "" },',
    tests: GUARDS,
  },
  {
    guard: "the account check",
    file: "gone.ts",
    from: "if (asked !== accountId) {",
    to: "if (asked === undefined) {",
    tests: GUARDS,
  },
  {
    guard: "the endpoint check",
    file: "gone.ts",
    from: "!sameEndpoint(service.region, endpoint, service.endpoint)",
    to: "endpoint === service.region",
    tests: GUARDS,
  },
  { guard: "the seal", file: "gone.ts", from: "if (!isSealIntact(record)) {", to: "if (!record) {", tests: GUARDS },
  {
    guard: "a dependency that cannot be loaded is explained",
    file: "loading.ts",
    from: "if (error instanceof Failure) {",
    to: "if (error !== undefined) {",
    tests: "tests/provider/loading",
  },
  {
    guard: "a request that cannot be made is not a lost answer",
    file: "live/client.ts",
    from: "if (error instanceof Failure) {",
    to: "if (error instanceof Failure && signal.aborted) {",
    tests: "tests/provider/loading",
  },
  {
    guard: "no default stands in for an origin of a wrong type",
    file: "shapes.ts",
    from: "if (!fits && needed.includes(key)) {",
    to: "if (!fits && needed.length < 0) {",
    tests: "tests/provider/shapes",
  },
  {
    guard: "values of a wrong type reach no code that trips over them",
    file: "shapes.ts",
    from: "    return fits;",
    to: "    return fits || key !== undefined;",
    tests: "tests/provider/shapes",
  },
  {
    guard: "whatever an error quotes is redacted",
    file: "failure.ts",
    from: "super(redactMessage(message), options);",
    to: "super(message, options);",
    tests: "tests/provider/foreign-texts",
  },
  {
    guard: "whatever a line quotes is redacted",
    file: "operation.ts",
    from: "return redactMessage(text, this.options.secrets);",
    to: "return String(text);",
    tests: "tests/provider/foreign-texts",
  },
  {
    guard: "what a check finds is redacted",
    file: "dynamic.ts",
    from: "reason: redactMessage(reason)",
    to: "reason",
    tests: "tests/provider/foreign-texts",
  },
  {
    guard: "what must be a secret is marked by the plugin too",
    file: "secret-marks.ts",
    from: "    ...SECRET_KEYS,",
    to: "",
    tests: "tests/provider/secret-marks",
  },
  {
    guard: "what is made of a secret is one",
    file: "secret-marks.ts",
    from: 'names.length > 0 ? ["outputUrls"',
    to: 'names.length > 9 ? ["outputUrls"',
    tests: "tests/provider/secret-marks",
  },
  {
    guard: "a value that the program marks stands in no error",
    file: "dynamic.ts",
    from: "redactMessage(message, secrets)",
    to: "redactMessage(message)",
    tests: "tests/provider/secret-marks",
  },
  {
    guard: "marks that come or go are written to the state",
    file: "plan.ts",
    from: "changed.length > 0 || !sameMarks",
    to: "changed.length > 0",
    tests: "tests/provider/secret-marks",
  },
  {
    guard: "a package that does not resolve from the program's folder is told",
    file: "program-side.ts",
    from: "    throw new pulumi.RunError(",
    to: "    new pulumi.RunError(",
    tests: "tests/provider/secret-marks",
  },
  {
    guard: "STS out of reach is not yes",
    file: "gone.ts",
    from: "const asked = await service.whoami(operation, operation.askedAs).catch((error: unknown) => {",
    to: "const asked = await service.whoami(operation, operation.askedAs).catch((error: unknown) => {\n    return accountId;",
    tests: GUARDS,
  },
  {
    guard: "the second look of adopt and get",
    file: "gone.ts",
    from: "return service.roster.lookById(monitorId, operation);",
    to: "return undefined;",
    tests: "tests/provider/gone",
  },
  {
    guard: "the time between two looks",
    file: "gone.ts",
    from: "await operation.sleep(BETWEEN_LOOKS_MS);",
    to: "",
    tests: "tests/provider/gone",
  },
  { guard: "three reads miss what is gone", file: "gone.ts", from: "count: 3", to: "count: 2", tests: GUARDS },
  { guard: "they span half a minute", file: "gone.ts", from: "apartMs: 15_000", to: "apartMs: 10_000", tests: GUARDS },
  {
    guard: "an answer that makes no sense begins the count anew",
    file: "gone.ts",
    from: "misses = isClean ? misses + 1 : 1;",
    to: "misses += 1;",
    tests: "tests/provider/gone",
  },
  {
    guard: "each read comes from the owning account",
    file: "gone.ts",
    from: "    await believeGone(record, service, operation);\n    misses",
    to: "    misses",
    tests: "tests/provider/odd-answers",
  },
  {
    guard: "an empty account is an outage for what ran",
    file: "gone.ts",
    from: "if (monitors.size > 0 || unreadable.length > 0) {",
    to: "if (monitors !== undefined) {",
    tests: "tests/provider/gone",
  },
  {
    guard: "an odd item makes an account no empty one",
    file: "gone.ts",
    from: "monitors.size > 0 || unreadable.length > 0",
    to: "monitors.size > 0",
    tests: "tests/provider/gone",
  },
  {
    guard: "what was declared to run may run",
    file: "gone.ts",
    from: '(status !== "stopped" && running === true)',
    to: "false",
    tests: "tests/provider/gone",
  },
  {
    guard: "an empty list with a total is no empty list",
    file: "live/answers.ts",
    from: ": Total !== 0",
    to: ": Total === null",
    tests: "tests/provider/live/answers",
  },
  {
    guard: "an odd item takes nobody else out of a list",
    file: "live/answers.ts",
    from: "isObject(item) && isId(item.MonitorId) ?",
    to: "isObject(item) ?",
    tests: "tests/provider/live/answers",
  },
  {
    guard: "a session in two states is in neither",
    file: "live/answers.ts",
    from: "monitors.delete(id);",
    to: "",
    tests: "tests/provider/live/answers",
  },
  {
    guard: "a filtered list that makes no sense is asked for again",
    file: "live/client.ts",
    from: "          check(answer);\n",
    to: "",
    tests: "tests/provider/gone",
  },
  {
    guard: "a total as long as its page proves nothing",
    file: "live/scan.ts",
    from: "Total > list.length + unreadable.length",
    to: "Total >= list.length + unreadable.length",
    tests: "tests/provider/live/scan",
  },
  {
    guard: "a total that is too small ends nothing",
    file: "live/scan.ts",
    from: "this.total === this.count",
    to: "this.total <= this.count",
    tests: "tests/provider/live/scan",
  },
  {
    guard: "pages may be counted from 0",
    file: "live/scan.ts",
    from: "if (isEnough === undefined) {",
    to: "if (isEnough === null) {",
    tests: "tests/provider/live/scan",
  },
  {
    guard: "a list that was not read to its end answers for what it shows alone",
    file: "live/roster.ts",
    from: "latest?.isWhole ||",
    to: "latest !== undefined ||",
    tests: "tests/provider/live/roster",
  },
  {
    guard: "who looks for known sessions reads no further than they stand",
    file: "live/roster.ts",
    from: "if (ids.length < asked.length) {",
    to: "if (ids.length <= asked.length) {",
    tests: "tests/provider/live/roster",
  },
  {
    guard: "a list that is out of order holds no teardown up",
    file: "session.ts",
    from: "return stopAndDeleteUnseen(session);",
    to: "throw error;",
    tests: "tests/provider/delete-unseen",
  },
  {
    guard: "what may have another owner is not deleted unseen",
    file: "session.ts",
    from: 'onDelete === "stop" && !mayBeOthers',
    to: 'onDelete === "stop"',
    tests: "tests/provider/delete-unseen",
  },
  {
    guard: "what must not be stopped is not deleted unseen",
    file: "session.ts",
    from: 'onDelete === "stop" && !mayBeOthers',
    to: "!mayBeOthers",
    tests: "tests/provider/delete-unseen",
  },
  {
    guard: "a delete whose answer was lost may be sent again unseen",
    file: "session.ts",
    from: "error instanceof ListDown && isLost && patienceMs === undefined",
    to: "error === null",
    tests: "tests/provider/delete-unseen",
  },
  {
    guard: "a list that throttles is in order",
    file: "looking.ts",
    from: '!isOver || last?.verdict !== "throttled"',
    to: "isOver",
    tests: "tests/provider/delete-unseen",
  },
  {
    guard: "a status that nobody knows is not running for certain",
    file: "session.ts",
    from: "isCertainly(want, seen)",
    to: 'isRunning(seen) === (want === "running")',
    tests: "tests/provider/odd-answers",
  },
  {
    guard: "look before resend, in delete",
    file: "session.ts",
    from: "await lookById(isLost ? patient(session) : session)",
    to: "isLost ? undefined : await lookById(session)",
    tests: GUARDS,
  },
  {
    guard: "look before resend, in create",
    file: "live/client.ts",
    from: '["throttled", "transient"].includes(error.verdict)',
    to: '["throttled", "transient", "ambiguous"].includes(error.verdict)',
    tests: GUARDS,
  },
  {
    guard: "what was there before a create is not ours",
    file: "creation.ts",
    from: "!before.has(live.MonitorId) && ",
    to: "",
    tests: GUARDS,
  },
  {
    guard: "two matches are an error",
    file: "creation.ts",
    from: "if (found.length > 1 || ",
    to: "if (found.length > 2 || ",
    tests: GUARDS,
  },
  {
    guard: "the re-check after stop",
    file: "session.ts",
    from: "if (seen !== undefined && isCertainly(want, seen)) {",
    to: "if (seen !== undefined) {",
    tests: GUARDS,
  },
  {
    guard: "asking again for a stop",
    file: "session.ts",
    from: "if (operation.clock.now() - askedAt >= ASK_AGAIN_MS) {\n      const outcome = await attempt(call);",
    to: "if (askedAt === Number.NEGATIVE_INFINITY) {\n      const outcome = await attempt(call);",
    tests: GUARDS,
  },
  {
    guard: "a refused delete is looked into",
    file: "session.ts",
    from: '(verdict === "busy" && refusals <= REFUSALS)',
    to: "false",
    tests: GUARDS,
  },
  {
    guard: "a refused delete is not repeated for ever",
    file: "session.ts",
    from: '(verdict === "busy" && refusals <= REFUSALS)',
    to: '(verdict === "busy")',
    tests: GUARDS,
  },
  {
    guard: "the partial-create error",
    file: "lifecycle.ts",
    from: "throw new Incomplete(monitorId, state, await atDeadline(error, operation, { monitorId, service }));",
    to: "throw error;",
    tests: GUARDS,
  },
  {
    guard: "an error without id, unless it is partial",
    file: "dynamic.ts",
    from: "if (error instanceof LiveError) {",
    to: 'if (error instanceof LiveError) {\n    return Object.assign(bare("?"), { id: "x" });',
    tests: GUARDS,
  },
  {
    guard: "the dead-engine check",
    file: "operation.ts",
    from: "if (!(await this.options.engine.alive())) {",
    to: "if (this.signal.aborted) {",
    tests: GUARDS,
  },
  {
    guard: "the deadline",
    file: "operation.ts",
    from: ".then(() => operation.end(",
    to: ".then(() => void (",
    tests: GUARDS,
  },
  {
    guard: "the policy refuse",
    file: "session.ts",
    from: 'if (onDelete === "refuse") {',
    to: 'if (onDelete === "never") {',
    tests: GUARDS,
  },
  {
    guard: "the policy wait",
    file: "session.ts",
    from: 'if (onDelete === "stop") {',
    to: 'if (onDelete !== "refuse") {',
    tests: GUARDS,
  },
  {
    guard: "the environment beats the state",
    file: "policies.ts",
    from: 'override || state.onDelete || "stop"',
    to: 'state.onDelete || override || "stop"',
    tests: GUARDS,
  },
  {
    guard: "no replacement while adopting",
    file: "plan.ts",
    from: "if (replaces.length > 0 && news.adopt !== undefined) {",
    to: "if (replaces.length > 5) {",
    tests: GUARDS,
  },
  {
    guard: "a 200 with a code is a refusal",
    file: "live/success.ts",
    from: "if (sign !== undefined) {",
    to: "if (sign === null) {",
    tests: "tests/provider/odd-answers",
  },
  {
    guard: "a filtered list of others says nothing",
    file: "live/answers.ts",
    from: "if (found === undefined && odd !== undefined) {",
    to: "if (found === null) {",
    tests: "tests/provider/odd-answers",
  },
  {
    guard: "the key that asked is the one whose account counts",
    file: "gone.ts",
    from: "service.whoami(operation, operation.askedAs)",
    to: "service.whoami(operation)",
    tests: "tests/provider/odd-answers",
  },
  {
    guard: "an interrupted create names its session",
    file: "creation.ts",
    from: 'error instanceof Ended && operation.trail.unanswered.has("CreateLiveStreamMonitor")',
    to: "error === null",
    tests: "tests/provider/odd-answers",
  },
  {
    guard: "the engine has the name before a session is made",
    file: "announcements.ts",
    from: "await untilAborted(this.tell(name, urn), signal);",
    to: "void this.tell(name, urn);",
    tests: "tests/provider/announcements",
  },
  {
    guard: "an id that was edited sends nothing",
    file: "lifecycle.ts",
    from: "old.monitorId !== undefined && old.monitorId !== monitorId",
    to: "old.monitorId === null",
    tests: "tests/provider/odd-answers",
  },
  {
    guard: "a namesake is not taken for a lost session",
    file: "creation.ts",
    from: "automatic || placeOf(outputUrls(live))?.stream === inputs.stream",
    to: "automatic || live !== null",
    tests: "tests/faults/found",
  },
  {
    guard: "no secret in a message",
    file: "redact.ts",
    from: "function matched(text: string): string {",
    to: 'function matched(text: string): string {\n  if (text !== "") return text;',
    tests: "tests/provider/texts",
  },
  {
    guard: "two resources never own one session",
    file: "claims.ts",
    from: "if (this.holders.has(monitorId)) {",
    to: "if (monitorId === null) {",
    tests: "tests/provider/adopt",
  },
  {
    guard: "two declarations of one session are refused",
    file: "claims.ts",
    from: "if (other !== undefined) {",
    to: "if (other === null) {",
    tests: "tests/provider/adopt",
  },
  {
    guard: "a session that another entry manages is not deleted",
    file: "lifecycle.ts",
    from: "if (heir !== undefined) {",
    to: "if (heir === null) {",
    tests: "tests/provider/adopt",
  },
  {
    guard: "an alias is the same resource",
    file: "dynamic.ts",
    from: "[olds.__urn, news.__urn]",
    to: "[news.__urn]",
    tests: "tests/provider/adopt",
  },
  {
    guard: "a name is adopted only when two lists show one session of it",
    file: "creation.ts",
    from: "[...first.monitors, ...second.monitors]",
    to: "[...first.monitors]",
    tests: "tests/provider/adopt",
  },
  {
    guard: "a connection that broke is not one that never was",
    file: "live/exchange.ts",
    from: "isSent = true;",
    to: "isSent = false;",
    tests: "tests/provider/live/transport",
  },
  {
    guard: "an answer that is too large is cut off",
    file: "live/exchange.ts",
    from: "if (size > LARGEST_ANSWER) {",
    to: "if (size < 0) {",
    tests: "tests/provider/live/certain",
  },
  {
    guard: "an answer does not unpack to more than an answer may be",
    file: "live/exchange.ts",
    from: "{ maxOutputLength: LARGEST_ANSWER }",
    to: "{}",
    tests: "tests/provider/live/certain",
  },
  {
    guard: "TLS that is still being made has sent nothing",
    file: "live/exchange.ts",
    from: "if (socket.secureConnecting === true) {",
    to: "if (socket === undefined) {",
    tests: "tests/provider/live/proxy",
  },
  {
    guard: "this machine is never reached through a proxy",
    file: "live/proxy.ts",
    from: "if (isLoopback(host) || NEVER_PROXIED.has(host)) {",
    to: "if (NEVER_PROXIED.has(host)) {",
    tests: "tests/provider/live/proxy",
  },
  {
    guard: "a proxy that refuses for good is final",
    file: "live/exchange.ts",
    from: "status >= 400 && status < 500 && ![408, 425, 429].includes(status)",
    to: "status >= 600",
    tests: "tests/provider/live/proxy",
  },
  {
    guard: "what no header can carry is not tried",
    file: "live/transport.ts",
    from: "expectCarriable(request.credential);",
    to: "",
    tests: "tests/provider/live/certain",
  },
  {
    guard: "a Delete's answer holds a request id alone",
    file: "live/success.ts",
    from: "(httpStatus !== 200 || !isBare(body))",
    to: "httpStatus === 0",
    tests: "tests/provider/live/success",
  },
  {
    guard: "another call's answer is no success",
    file: "live/success.ts",
    from: "|| isOfOther ||",
    to: "||",
    tests: "tests/provider/live/success",
  },
  {
    guard: "a new session's id beside a failure is looked for",
    file: "live/success.ts",
    from: "isOpen ? MALFORMED : (sign.code ?? MALFORMED)",
    to: "sign.code ?? MALFORMED",
    tests: "tests/provider/live/success",
  },
  {
    guard: "the header that asks to come back is a rate limit",
    file: "live/error-table.ts",
    from: "row.comeBack === true && retryAfterMs === undefined",
    to: "row.comeBack === true",
    tests: "tests/provider/live/certain",
  },
  {
    guard: "a time to come back is kept, whatever the verdict",
    file: "live/client.ts",
    from: "pacer.pause(account, action, failure.retryAfterMs);",
    to: "",
    tests: "tests/provider/live/client",
  },
  {
    guard: "a request that is too long is refused in preview",
    file: "inputs.ts",
    from: "return size <= LONGEST_REQUEST",
    to: "return size >= 0",
    tests: "tests/provider/check",
  },
  {
    guard: "a queue that changes cannot make a throttled call spin",
    file: "live/retry.ts",
    from: "PACED_MS = 100",
    to: "PACED_MS = 0",
    tests: "tests/provider/live/client",
  },
  {
    guard: "an engine is asked twice before it is given up",
    file: "plugin-process.ts",
    from: "silent < 2;",
    to: "silent < 1;",
    tests: "tests/provider/process",
  },
  {
    guard: "an engine that does not answer is not dead",
    file: "engine-link.ts",
    from: "setTimeout(() => settle(true), CONNECT_MS)",
    to: "setTimeout(() => settle(false), CONNECT_MS)",
    tests: "tests/provider/process",
  },
  {
    guard: "one connection to the engine is held, not one opened for each question",
    file: "engine-link.ts",
    from: "if (this.session !== undefined && !this.session.closed",
    to: 'if (this.url === "" && !this.session?.closed',
    tests: "tests/provider/process",
  },
  {
    guard: "an engine that closes a connection, and takes another, is not dead",
    file: "engine-link.ts",
    from: "!this.session.closed && !this.session.destroyed",
    to: "true",
    tests: "tests/provider/process",
  },
  {
    guard: "a second signal ends the plugin at once",
    file: "plugin-process.ts",
    from: "if (this.isInterrupted) {",
    to: "if (exitCode === 0) {",
    tests: "tests/provider/process",
  },
  {
    guard: "the control plane refuses a foreign Host",
    file: "sandbox/cloud/visitors.ts",
    from: "return isLoopback && asked === port;",
    to: "return true;",
    tests: "tests/sandbox/cloud/visitors",
  },
  {
    guard: "the API refuses a foreign Host",
    file: "sandbox/cloud/visitors.ts",
    from: 'return isAddress || !name.includes(".")',
    to: "return true",
    tests: "tests/sandbox/cloud/visitors",
  },
  {
    guard: "the sandbox refuses a foreign Origin",
    file: "sandbox/cloud/visitors.ts",
    from: "if (origin !== undefined && ",
    to: "if (origin === undefined && ",
    tests: "tests/sandbox/cloud/visitors",
  },
  {
    guard: "the sandbox refuses a foreign Sec-Fetch-Site",
    file: "sandbox/cloud/visitors.ts",
    from: 'if (site !== "none" && site !== "same-origin") {',
    to: 'if (site === "") {',
    tests: "tests/sandbox/cloud/visitors",
  },
  {
    guard: "a state behind a link is written where it points",
    file: "sandbox/engine/state-folder.ts",
    from: "return follow(resolve(follow(parent, links), target), links + 1);",
    to: "return path;",
    tests: "tests/sandbox/engine/state-place",
  },
  {
    guard: "a linked folder is followed",
    file: "sandbox/engine/state-folder.ts",
    from: "return join(follow(parent, links), basename(path));",
    to: "return path;",
    tests: "tests/sandbox/engine/state-place",
  },
  {
    guard: "a lock of another process of the same id is stale",
    file: "sandbox/engine/lock.ts",
    from: "(started === undefined || started === now)",
    to: "true",
    tests: "tests/sandbox/engine/lock",
  },
  {
    guard: "a lock of an earlier process of this id is stale",
    file: "sandbox/engine/lock.ts",
    from: "return held.has(path);",
    to: "return true;",
    tests: "tests/sandbox/engine/lock",
  },
  {
    guard: "only an own lock is released",
    file: "sandbox/engine/lock.ts",
    from: "if (holder?.pid === process.pid && holder.host === hostname()) {",
    to: "if (holder?.pid !== 0) {",
    tests: "tests/sandbox/engine/lock",
  },
  {
    guard: "a step whose beginning cannot be written does not begin",
    file: "sandbox/engine/ledger.ts",
    from: "if (await this.save()) {",
    to: "await this.save();\n    if (end) {",
    tests: "tests/sandbox/engine/unwritable",
  },
  {
    guard: "what exists and is not in the state is named",
    file: "sandbox/engine/state-file.ts",
    from: "snapshot.resources.filter(({ urn, id }) => !known",
    to: "snapshot.resources.filter(({ urn, id }) => known",
    tests: "tests/sandbox/engine/unwritable",
  },
  {
    guard: "a failed write is no unhandled rejection",
    file: "sandbox/engine/ledger.ts",
    from: "      this.onUnwritable(error as Error);\n      return false;",
    to: "      this.onUnwritable(error as Error);\n      throw error;",
    tests: "tests/sandbox/engine/unwritable",
  },
  {
    guard: "gRPC between the engine's processes goes past a proxy",
    file: "sandbox/engine/processes.ts",
    from: "no_grpc_proxy: withLoopback(env)",
    to: "no_grpc_proxy: env.no_proxy",
    tests: "tests/sandbox/engine/unwritable",
  },
  {
    guard: "a second signal ends a command whatever hangs",
    file: "cli/interruption.ts",
    from: "setTimeout(() => host.exit(exitCode), LAST_MS).unref();",
    to: "",
    tests: "tests/sandbox/cli/interruption",
  },
  {
    guard: "what the configuration names comes before the environment",
    file: "account/identity.ts",
    from: "const base = nearest ?? environmentIdentity(sources, mistakes);",
    to: "const base = environmentIdentity(sources, mistakes);",
    tests: "tests/provider/identity",
  },
  {
    guard: "a list of roles is refused",
    file: "account/roles.ts",
    from: "object === null || Array.isArray(object)",
    to: "object === null",
    tests: "tests/provider/identity",
  },
  {
    guard: "saved settings that cannot be followed need the account confirmed",
    file: "settings-guard.ts",
    from: "if (accountId !== recorded) {",
    to: "if (accountId === undefined) {",
    tests: "tests/provider/identity",
  },
  {
    guard: "no message of a library about credentials is quoted",
    file: "account/credential-sources.ts",
    from: 'hasFailed ? "failed" : "gave none"',
    to: "String(error)",
    tests: "tests/provider/credentials",
  },
  {
    guard: "a profile is not completed from the environment",
    file: "account/profiles.ts",
    from: "if (missing.length > 0) {",
    to: "if (missing.length > 99) {",
    tests: "tests/provider/credentials",
  },
  {
    guard: "one fetch serves all",
    file: "credentials.ts",
    from: "this.fetch ??= this.begin();",
    to: "this.fetch = this.begin();",
    tests: "tests/provider/credentials",
  },
  {
    guard: "a refused credential is replaced once",
    file: "live/client.ts",
    from: "mayRenew = false;",
    to: "",
    tests: "tests/provider/renewal",
  },
  {
    guard: "a newer credential of another account is not used",
    file: "service.ts",
    from: "if (now !== before) {",
    to: "if (now === undefined) {",
    tests: "tests/provider/renewal",
  },
  {
    guard: "the environment takes the place of a saved key only for the same account",
    file: "account/stand-in.ts",
    from: "if (accountId !== standInFor.accountId) {",
    to: "if (accountId === undefined) {",
    tests: "tests/provider/renewal",
  },
  {
    guard: "the key of an explicit provider is never replaced",
    file: "account/stand-in.ts",
    from: "sources.config(EXPLICIT_PROVIDER_KEY) === undefined",
    to: "sources.config(EXPLICIT_PROVIDER_KEY) !== null",
    tests: "tests/provider/renewal",
  },
  {
    guard: "waits do not follow the time of day",
    file: "clock.ts",
    from: "performance.timeOrigin + performance.now()",
    to: "Date.now()",
    tests: "tests/provider/clock",
  },
  {
    guard: "a Node that cannot load the dependencies is told so",
    file: "node-version.ts",
    from: "if (isNewEnough || ",
    to: "if (true || ",
    tests: "tests/provider/node-version",
  },
  {
    guard: "an SDK that rules this Node out is told of",
    file: "node-version.ts",
    from: "needed === undefined || ",
    to: "needed !== undefined || ",
    tests: "tests/provider/node-version",
  },
  {
    guard: "a pair of SDK and Node that does not go together is refused",
    file: "sandbox/engine/versions.ts",
    from: "(numbersOf(node)[0] ?? 0) < Number(needed)",
    to: "false",
    tests: "tests/sandbox/engine/versions",
  },
  {
    guard: "fields that older SDKs lack",
    file: "sandbox/engine/goal.ts",
    from: 'typeof get === "function" ? get.call(request) : []',
    to: "(get as () => unknown).call(request)",
    tests: "tests/sandbox/engine/other-sdks",
  },
  {
    guard: "newer SDKs fall back from what the sandbox does not know",
    file: "sandbox/engine/monitor.ts",
    from: 'existsResource: refusal("existence checks of resources"),',
    to: 'existsResource: refusal("existence checks of resources"),\n      getDeploymentInfo: refusal("deployment information"),',
    tests: "tests/sandbox/engine/other-sdks",
  },
  {
    guard: "an error that is reported accuses no runner",
    file: "sandbox/engine/print-loop.ts",
    from: "if (isReported()) {",
    to: "if (false) {",
    tests: "tests/sandbox/engine/print-loop",
  },
  {
    guard: "a session with another owner's generated name is not deleted",
    file: "ownership.ts",
    from: "return !ownersOf(urns).some((owner) => namesOf(owner)(name));",
    to: "return ownersOf(urns).length > 9;",
    tests: "tests/provider/ownership",
  },
  {
    guard: "only a change of name shows another owner",
    file: "ownership.ts",
    from: " || isSameName(name, given)",
    to: "",
    tests: "tests/provider/ownership",
  },
  {
    guard: "an expiry does not change whose a name is",
    file: "names.ts",
    from: "withoutExpiry(one) === withoutExpiry(other)",
    to: "one === other",
    tests: "tests/provider/ownership",
  },
  {
    guard: "a name of this resource's own is not another's",
    file: "ownership.ts",
    from: "!ownersOf(urns).some((owner) => namesOf(owner)(name))",
    to: "ownersOf(urns).length > 0",
    tests: "tests/provider/ownership",
  },
  {
    guard: "a name that a person chose says nothing of another owner",
    file: "ownership.ts",
    from: " || !isAutomaticName(name)",
    to: "",
    tests: "tests/provider/ownership",
  },
  {
    guard: "while a program runs, who owns a session is asked by its id, whatever a list showed before",
    file: "session.ts",
    from: "const shared = isLost || isProgramRunning ?",
    to: "const shared = isLost ?",
    tests: "tests/provider/ownership",
  },
  {
    guard: "what a shared list shows of an adoption is confirmed",
    file: "session.ts",
    from: "shared === undefined || isOthers(shared)",
    to: "shared === undefined",
    tests: "tests/provider/ownership",
  },
  {
    guard: "after a long wait the owner is asked for again",
    file: "session.ts",
    from: 'if (onDelete === "wait") {',
    to: 'if (onDelete === "refuse") {',
    tests: "tests/provider/ownership",
  },
  {
    guard: "a read keeps the name that was given",
    file: "reading.ts",
    from: "isLost && isAutomaticName(String(state.monitorName))",
    to: "isLost && given === null",
    tests: "tests/provider/ownership",
  },
  {
    guard: "an unfinished adoption remembers the name it found",
    file: "lifecycle.ts",
    from: "__given: adoptee?.MonitorName,",
    to: "__given: undefined,",
    tests: "tests/provider/ownership",
  },
  {
    guard: "so does the update that could not finish it",
    file: "lifecycle.ts",
    from: "__given: givenName(old),",
    to: "__given: undefined,",
    tests: "tests/provider/ownership",
  },
  {
    guard: "an adoption ends when the list shows the new name",
    file: "convergence.ts",
    from: "await untilRenamed(session, declared.monitorName);",
    to: "",
    tests: "tests/provider/ownership",
  },
  {
    guard: "and when no list can show the old one any more",
    file: "convergence.ts",
    from: "live?.MonitorName === name && passed >= LAG_MS",
    to: "live?.MonitorName === name",
    tests: "tests/provider/ownership",
  },
  {
    guard: "an explicit provider adopts no neighbour's session",
    file: "lifecycle.ts",
    from: "if (declared.__explicit === true && !claims.known.has(monitorId)) {",
    to: "if (declared.__explicit === null) {",
    tests: "tests/provider/ownership",
  },
  {
    guard: "an explicit provider may adopt what it knows",
    file: "lifecycle.ts",
    from: " && !claims.known.has(monitorId)) {",
    to: ") {",
    tests: "tests/provider/ownership",
  },
  {
    guard: "an old URN of the state names no row and no stack",
    file: "dynamic.ts",
    from: 'const urn = this.surroundings.urnOf?.(id);\n    await this.run("delete"',
    to: 'const urn = declaredUrn(olds);\n    await this.run("delete"',
    tests: "tests/provider/ownership",
  },
  {
    guard: "without a URN no progress is shown",
    file: "operation.ts",
    from: "if (this.options.urn !== undefined) {",
    to: "if (this.options.urn !== null) {",
    tests: "tests/provider/ownership",
  },
  {
    guard: "an operation ends when the engine has its warnings",
    file: "operation.ts",
    from: "await operation.warningsShown();",
    to: "",
    tests: "tests/provider/ownership",
  },
  {
    guard: "a state file of another stack is refused",
    file: "sandbox/engine/own-state.ts",
    from: "recorded.stack !== stack",
    to: "recorded.stack === undefined",
    tests: "tests/sandbox/engine/own-state",
  },
];

const stale = MUTATIONS.filter(
  ({ file, from }) => readFileSync(join(root, fileOf(file)), "utf8").split(from).length !== 2,
);
for (const { guard, file, from } of stale) {
  console.log(`STALE    ${guard}: ${file} does not hold exactly once: ${from}`);
}
const queue = MUTATIONS.filter((each) => !stale.includes(each));
const survivors = [];
await Promise.all([lane(), lane()]);
console.log(`mutations: ${MUTATIONS.length - stale.length - survivors.length} of ${MUTATIONS.length} killed`);
process.exitCode = stale.length + survivors.length === 0 ? 0 : 1;

function fileOf(file) {
  return /^(sandbox|cli)\//.test(file) ? file : join("provider", file);
}

/** Works on a copy of its own until none is left. */
async function lane() {
  const temp = mkdtempSync(join(tmpdir(), "mutations-"));
  try {
    for (const part of ["provider", "sandbox", "cli", "tests", "package.json", "jest.config.js"]) {
      cpSync(join(root, part), join(temp, part), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(temp, "node_modules"), "junction");
    if ((await fails(temp, GUARDS)) !== false) {
      throw new Error("the tests fail without any mutation");
    }
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { guard, file, from, to, tests } = next;
      const path = join(temp, fileOf(file));
      const source = readFileSync(path, "utf8");
      writeFileSync(
        path,
        source.replace(from, () => to),
      );
      const killed = await fails(temp, tests);
      writeFileSync(path, source);
      if (killed !== true) {
        survivors.push(next);
      }
      console.log(`${{ true: "killed  ", false: "SURVIVED" }[killed] ?? "NO END  "} ${guard} (${file})`);
    }
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

/** Whether a test fails by what it expects; tests that merely do not end catch nothing. */
async function fails(temp, tests) {
  const jest = join(root, "node_modules", "jest", "bin", "jest.js");
  try {
    await promisify(execFile)(process.execPath, [jest, "--rootDir", temp, "--bail", "--maxWorkers", "1", tests], {
      cwd: temp,
      timeout: 240_000,
    });
    return false;
  } catch (error) {
    return error.killed || !/^Tests: .*failed/m.test(error.stderr) ? undefined : true;
  }
}
