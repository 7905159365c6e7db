import { type Declaration, output, type Scenario, secret, the, widget } from "../support/scenario";

const provider = (name: string, props: Record<string, unknown>): Declaration => ({ kind: "provider", name, props });

export const OPTIONS: Scenario[] = [
  {
    name: "protect",
    steps: [
      {
        run: "up",
        program: { resources: [widget("a", { kind: 1 }, { protect: true }), widget("b", { of: output("a", "id") })] },
      },
      { run: "destroy" },
      { run: "up", program: { resources: [widget("a", { kind: 2 }, { protect: true })] } },
      { run: "up", program: { resources: [] } },
      { run: "preview", program: { resources: [] } },
      { run: "up", program: { resources: [widget("a", { kind: 2 }, { protect: false })] } },
      { run: "destroy" },
    ],
  },
  {
    name: "retainOnDelete and deletedWith",
    steps: [
      {
        run: "up",
        program: {
          resources: [
            widget("host"),
            widget("kept", {}, { retainOnDelete: true }),
            widget("with", {}, { deletedWith: the("host") }),
            { kind: "component", name: "box", opts: { retainOnDelete: true } },
            widget("inherits", {}, { parent: the("box") }),
          ],
        },
      },
      { run: "up", program: { resources: [widget("host"), widget("with", {}, { deletedWith: the("host") })] } },
      { run: "destroy" },
    ],
  },
  {
    name: "deletedWith a resource that is replaced",
    steps: [
      {
        run: "up",
        program: { resources: [widget("host", { spot: 1 }), widget("with", {}, { deletedWith: the("host") })] },
      },
      {
        run: "up",
        program: { resources: [widget("host", { spot: 2 }), widget("with", {}, { deletedWith: the("host") })] },
      },
    ],
  },
  {
    name: "aliases",
    steps: [
      {
        run: "up",
        program: {
          resources: [
            widget("old", { value: 1 }),
            widget("moves", { of: output("old", "id") }),
            { kind: "component", name: "box" },
            widget("box-child", { value: 1 }, { parent: the("box") }),
            widget("child", { value: 1 }, { parent: the("box") }),
          ],
        },
      },
      {
        run: "up",
        program: {
          resources: [
            widget("new", { value: 1 }, { aliases: [{ name: "old" }] }),
            { kind: "component", name: "crate", opts: { aliases: [{ name: "box" }] } },
            widget(
              "moves",
              { of: output("new", "id") },
              { parent: the("crate"), aliases: [{ parent: null, noParent: true }] },
            ),
            widget("crate-child", { value: 2 }, { parent: the("crate") }),
            widget("child", { value: 1 }, { parent: the("crate") }),
          ],
        },
      },
      {
        run: "up",
        program: {
          resources: [
            widget("new", { value: 1 }),
            widget(
              "free",
              { value: 1 },
              { aliases: ["urn:pulumi:dev::widgets::widgets:index:Box$pulumi-nodejs:dynamic:Resource::child"] },
            ),
          ],
        },
      },
    ],
  },
  {
    name: "explicit providers",
    steps: [
      {
        run: "up",
        config: { plain: "1" },
        program: {
          resources: [
            provider("east", { "site:region": "east", "site:key": secret("k") }),
            widget("a", { value: 1 }, { provider: the("east") }),
            widget("b", { value: 1 }),
            { kind: "component", name: "box", opts: { providers: { "pulumi-nodejs": the("east") } } },
            widget("c", { value: 1 }, { parent: the("box") }),
          ],
        },
      },
      {
        run: "up",
        program: {
          resources: [
            provider("east", { "site:region": "west", "site:key": secret("k") }),
            widget("a", { value: 1 }),
            widget("b", { value: 1 }, { provider: the("east") }),
          ],
        },
      },
      { run: "up", config: { plain: "2" }, program: { resources: [widget("a", { value: 1 })] } },
      { run: "destroy" },
    ],
  },
  {
    name: "reading what the stack does not own",
    steps: [
      { run: "up", program: { resources: [widget("a", { value: 1 }), widget("b", { value: 1 })] } },
      {
        run: "up",
        program: {
          resources: [
            widget("a", { value: 1 }),
            widget("b", { value: 1 }),
            { kind: "read", name: "seen", props: { id: "w1" } },
            widget("uses", { of: output("seen", "echo") }),
          ],
        },
      },
      { run: "refresh", cloud: { w1: { value: 5 } } },
      { run: "preview" },
      {
        run: "up",
        program: {
          resources: [
            { kind: "read", name: "a", props: { id: "w1" } },
            { kind: "read", name: "b", props: { id: "w1" } },
            widget("seen", { value: "owned now" }),
          ],
        },
      },
      { run: "up", program: { resources: [{ kind: "read", name: "a", props: { id: "w1" } }] } },
      { run: "up", program: { resources: [{ kind: "read", name: "missing", props: { id: "none" } }] } },
      { run: "destroy" },
    ],
  },
];
