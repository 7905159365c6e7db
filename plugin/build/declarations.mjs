// Reads interfaces, classes and functions of TypeScript files, with their doc comments.
import { readFileSync } from "node:fs";
import ts from "typescript";

/** All declarations of these files, by name. */
export function readDeclarations(files) {
  const found = new Map();
  for (const file of files) {
    const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
    source.forEachChild((node) => {
      if (node.name !== undefined) {
        found.set(node.name.text, node);
      }
    });
  }
  return found;
}

/** The fields of an interface or a class, in their order. */
export function members(declaration) {
  return declaration.members.flatMap((node) => {
    if (ts.isIndexSignatureDeclaration(node)) {
      return [{ isIndex: true, name: "*", doc: "", text: "", isOptional: true, type: { kind: "any-map" } }];
    }
    if (!ts.isPropertySignature(node) && !ts.isPropertyDeclaration(node)) {
      return [];
    }
    const { type, isOptional } = typeOf(node.type);
    return [
      {
        name: node.name.text,
        doc: commentOf(node),
        text: describe(node),
        isOptional: isOptional || node.questionToken !== undefined,
        type,
      },
    ];
  });
}

/** A doc comment as Markdown: what it says, and its default. Examples are in one language, so they stay away. */
export function describe(node) {
  const [said = "", ...tags] = commentOf(node).split(/(?:^|\s)@(?=default|example|param)/);
  const defaults = tags.filter((tag) => tag.startsWith("default")).map((tag) => `Default: ${tag.slice(8).trim()}.`);
  return [said.trim(), ...defaults]
    .filter((part) => part !== "")
    .join("\n\n")
    .replace(/\{@link ([^}]*)\}/g, "`$1`");
}

/** The text of a doc comment: its paragraphs and tags, each on one line. */
function commentOf(node) {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const lines = (comment?.getText() ?? "")
    .replace(/^\/\*\*|\*\/$/g, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trim());
  return lines
    .map((line) => (line === "" ? "\n\n" : `${line.startsWith("@") ? "\n" : ""}${line} `))
    .join("")
    .replace(/ +\n/g, "\n")
    .trim();
}

/** What a type is to Pulumi; `undefined` in a union makes it optional. */
function typeOf(node) {
  if (ts.isUnionTypeNode(node)) {
    const parts = node.types.map(typeOf);
    const known = parts.filter(({ type }) => type.kind !== "undefined").map(({ type }) => type);
    return {
      type: unionOf(known),
      isOptional: known.length < parts.length || parts.some(({ isOptional }) => isOptional),
    };
  }
  return single(node);
}

function unionOf(types) {
  if (types.every(({ kind }) => kind === "object")) {
    // One object that may be any of them.
    return {
      kind: "object",
      members: types.flatMap((each) => each.members.map((field) => ({ ...field, isOptional: true }))),
    };
  }
  const kinds = new Set(types.map(({ kind }) => kind));
  return kinds.size === 1 ? types[0] : { kind: "any" };
}

function single(node) {
  const plain = (type) => ({ type, isOptional: false });
  switch (node.kind) {
    case ts.SyntaxKind.StringKeyword:
      return plain({ kind: "string" });
    case ts.SyntaxKind.NumberKeyword:
      return plain({ kind: "number" });
    case ts.SyntaxKind.BooleanKeyword:
      return plain({ kind: "boolean" });
    case ts.SyntaxKind.UndefinedKeyword:
      return plain({ kind: "undefined" });
    case ts.SyntaxKind.LiteralType:
      return plain({ kind: ts.isStringLiteral(node.literal) ? "string" : "boolean" });
    case ts.SyntaxKind.ArrayType:
      return plain({ kind: "array", of: typeOf(node.elementType).type });
    case ts.SyntaxKind.TypeLiteral:
      return plain({ kind: "object", members: members(node) });
    case ts.SyntaxKind.IndexedAccessType:
      // `StreamMonitorArgs["inputList"]`: the caller takes the argument's type.
      return plain({ kind: "argument" });
    case ts.SyntaxKind.TypeReference: {
      const name = node.typeName.getText();
      return /^(pulumi\.)?(Input|Output|Unwrap)$/.test(name)
        ? typeOf(node.typeArguments[0])
        : plain({ kind: "named", name });
    }
    default:
      throw new Error(`no schema for the type ${node.getText()}`);
  }
}
