import { output, type Scenario, secret, the, widget } from "../support/scenario";

const CHAIN = {
  resources: [
    widget("a", { value: 1, list: [1, "two", { three: null }], on: true }),
    widget("b", { of: output("a", "id"), echoed: output("a", "echo") }),
    widget("c", { value: "x" }, { dependsOn: [the("b")], customTimeouts: { create: "5m", delete: "1h30m" } }),
  ],
  outputs: { id: output("a", "id"), all: { deep: [output("b", "echo")] }, fixed: 1 },
};

export const LIFECYCLE: Scenario[] = [
  {
    name: "a stack from its first resource to its last",
    steps: [
      { run: "preview", program: CHAIN },
      { run: "up" },
      { run: "up" },
      { run: "preview", program: { resources: [widget("a", { value: 2 }), widget("d", { of: output("a", "echo") })] } },
      { run: "up" },
      { run: "refresh" },
      { run: "destroy" },
      { run: "destroy" },
    ],
  },
  {
    name: "what diff may answer",
    steps: [
      {
        run: "up",
        program: { resources: [widget("quiet", { value: 1, quiet: true }), widget("loud", { loud: true })] },
      },
      {
        run: "up",
        program: { resources: [widget("quiet", { value: 2, quiet: true }), widget("loud", { loud: true })] },
      },
      { run: "refresh" },
    ],
  },
  {
    name: "components",
    steps: [
      {
        run: "up",
        program: {
          resources: [
            { kind: "component", name: "box", props: { size: 1 } },
            widget("in", { value: 1 }, { parent: the("box") }),
            { kind: "component", name: "inner", props: { of: output("in", "id") }, opts: { parent: the("box") } },
            widget("deep", {}, { parent: the("inner") }),
            widget("out", { of: output("deep", "id") }, { dependsOn: [the("box")] }),
          ],
        },
      },
      {
        run: "up",
        program: {
          resources: [
            { kind: "component", name: "box", props: { size: 2 } },
            widget("in", { value: 1 }, { parent: the("box") }),
          ],
        },
      },
      { run: "up", program: { resources: [widget("lone")] } },
    ],
  },
  {
    name: "secrets",
    steps: [
      {
        run: "up",
        config: { plain: "1", token: { secret: "s3cret" }, "other:key": "x", "other:hidden": { secret: "h" } },
        program: {
          resources: [
            widget("a", {
              value: secret("v"),
              nested: { open: 1, shut: secret([1, { x: "y" }]), list: ["p", secret("q")] },
            }),
            widget("b", { value: { $config: "token", $isSecret: true }, plain: { $config: "plain" } }),
            widget("c", { value: "c" }, { additionalSecretOutputs: ["echo", "none"] }),
            widget("d", { of: output("a", "echo"), also: output("c", "echo"), value: output("a", "nested") }),
            { kind: "component", name: "box", props: { shut: secret("x") } },
          ],
          outputs: { open: output("b", "plain"), shut: output("c", "echo"), deep: { in: [secret(1)] } },
        },
      },
      { run: "refresh", cloud: { w1: { value: "other", drifted: true }, w3: { echo: "drifted" } } },
      {
        run: "up",
        config: { token: { secret: "n3w" }, "other:hidden": "now plain" },
        program: {
          resources: [
            widget("a", { value: "no secret any more" }),
            widget("b", { value: { $config: "token", $isSecret: true }, plain: { $config: "plain" } }),
          ],
          outputs: { open: secret("now shut") },
        },
      },
    ],
  },
  {
    name: "refresh",
    steps: [
      { run: "up", program: CHAIN },
      { run: "refresh", cloud: { w1: { value: 7, drifted: true }, w2: null } },
      { run: "preview" },
      { run: "up" },
      { run: "up", refresh: true, cloud: { w1: { value: 8, drifted: true }, w3: null } },
      { run: "destroy", refresh: true, cloud: { w1: null } },
    ],
  },
  {
    name: "a refresh that fails",
    steps: [
      { run: "up", program: { resources: [widget("a", { fail: ["read"] }), widget("b", { value: 1 })] } },
      { run: "refresh", cloud: { w2: { value: 2, drifted: true } } },
    ],
  },
  {
    name: "operations that were cut off",
    steps: [
      { run: "up", program: { resources: [widget("a"), widget("b")] } },
      {
        run: "up",
        pending: [
          { name: "a", type: "updating" },
          { name: "ghost", type: "creating" },
        ],
      },
      { run: "refresh" },
      {
        run: "preview",
        pending: [
          { name: "a", type: "deleting" },
          { name: "b", type: "reading" },
        ],
      },
      { run: "destroy" },
    ],
  },
];
