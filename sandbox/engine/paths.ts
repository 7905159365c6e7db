import { isObject, type Value, type Values } from "./values";

/** Reads a property path such as `timeouts.delete` or `inputList[0].inputUrl`. */
function parsePath(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+|"[^"]*"|\*)\]|([^.[\]]+)/g)].map(([, index, name]) =>
    index === undefined ? (name as string) : /^\d+$/.test(index) ? Number(index) : index.replaceAll('"', ""),
  );
}

/** Whether a top-level key is covered by one of the paths; `*` covers all. */
export function matchesAny(key: string, paths: string[]): boolean {
  return paths.some((path) => path === "*" || parsePath(path)[0] === key);
}

/** The new inputs, but with the old values where the program said to ignore changes. */
export function keepIgnored(news: Values, olds: Values, paths: string[]): Values {
  let result: Value = news;
  for (const path of paths) {
    result = path === "*" ? olds : keepAt(result, olds, parsePath(path));
  }
  return result as Values;
}

function keepAt(news: Value | undefined, olds: Value | undefined, path: (string | number)[]): Value {
  const [key, ...rest] = path;
  if (key === undefined) {
    return olds ?? null;
  }
  if (Array.isArray(news) && Array.isArray(olds) && typeof key === "number") {
    return news.map((each, i) => (i === key ? keepAt(each, olds[i], rest) : each));
  }
  if (!isObject(news) || !isObject(olds) || typeof key !== "string") {
    return news ?? null;
  }
  if (rest.length === 0) {
    const { [key]: _new, ...others } = news;
    return olds[key] === undefined ? others : { ...others, [key]: olds[key] };
  }
  return news[key] === undefined ? news : { ...news, [key]: keepAt(news[key], olds[key], rest) };
}
