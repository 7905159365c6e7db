// The rooms and their one direction (see CONTRIBUTING.md), held by `npm run lint`.
const ROOMS = ["host", "lifecycle", "account", "model", "live", "base"];
const ENGINE_ROOMS = ["plan", "apply", "process", "state", "wire"];

/** A room may use those below it. Of the files beside the rooms, `tops` use the rooms, and so no room uses them. */
function downwards(house, rooms, tops, comment) {
  return rooms.map((room, index) => ({
    name: `${house.replaceAll("/", "-")}-${room}-uses-only-rooms-below`,
    comment,
    severity: "error",
    from: { path: `^${house}/${room}/` },
    to: { path: `^${house}/(${[...tops, ...rooms.slice(0, index).map((each) => `${each}/`)].join("|")})` },
  }));
}

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-circle",
      comment: "Files of a circle can only be understood together; types count, because readers follow them too.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    ...downwards(
      "provider",
      ROOMS,
      ["index", "resource/"],
      "Each room can be read, tested and changed without those above it.",
    ).slice(1),
    ...downwards(
      "sandbox/engine",
      ENGINE_ROOMS,
      ["index", "run\\.", "export"],
      "The state and the protocol can be understood without knowing how an operation is planned, and steps without knowing why they are taken.",
    ),
    ...downwards(
      "sandbox/cloud",
      ["server", "api"],
      ["index"],
      "The emulated API runs without HTTP, in the time and chance that a test gives it.",
    ),
    {
      name: "switches-and-faults-know-no-api",
      comment: "What a test can set is declared on its own; the API and the server act on it.",
      severity: "error",
      from: { path: "^sandbox/cloud/(switches|faults|random|validation)" },
      to: { path: "^sandbox/cloud/(index|server/|api/)" },
    },
    {
      name: "host-uses-no-resource",
      comment: "The plugin process serves states of programs that it never sees.",
      severity: "error",
      from: { path: "^provider/host/" },
      to: { path: "^provider/(index|resource/)" },
    },
    {
      name: "a-program-starts-fast",
      comment:
        "The resource class runs in the user's program, which must not load the validator, the SDK or the lifecycle.",
      severity: "error",
      from: { path: "^provider/(resource/|index)" },
      to: { pathNot: "^(provider/(resource|base)/|provider/model/|node_modules/@pulumi/pulumi/|node:|[a-z_/]+$)" },
    },
    {
      name: "a-program-loads-no-validator",
      comment: "The validator alone takes half of what a program takes to start.",
      severity: "error",
      from: { path: "^provider/(resource/|index)" },
      to: { path: "^node_modules/(zod|@alicloud|p-retry)/", reachable: true },
    },
    {
      name: "cli-uses-no-host",
      comment: "The command line works with the lifecycle itself; what Pulumi needs is not its concern.",
      severity: "error",
      from: { path: "^cli/" },
      to: { path: "^provider/(host/|resource/|index)" },
    },
    {
      name: "sandbox-knows-no-provider",
      comment:
        "The emulated cloud is written from the documents, so that it and the provider catch each other's mistakes.",
      severity: "error",
      from: { path: "^sandbox/" },
      to: { path: "^(provider|cli)/" },
    },
    {
      name: "provider-knows-no-sandbox",
      comment: "What runs in production depends neither on the sandbox nor on the command line.",
      severity: "error",
      from: { path: "^provider/" },
      to: { path: "^(sandbox|cli)/" },
    },
    {
      name: "cloud-and-engine-are-two",
      comment: "The emulated cloud also serves real Pulumi, and the engine other clouds.",
      severity: "error",
      from: { path: "^sandbox/(cloud|engine)/" },
      to: { path: "^sandbox/(cloud|engine)/", pathNot: "^sandbox/$1/" },
    },
    {
      name: "no-test-in-the-product",
      comment: "The package ships without its tests.",
      severity: "error",
      from: { path: "^(provider|sandbox|cli)/" },
      to: { path: "^(tests|bench|examples)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    // Imports of types count as well.
    tsPreCompilationDeps: true,
    exclude: { path: "^dist/" },
  },
};
