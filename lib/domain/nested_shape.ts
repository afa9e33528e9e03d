import type { RowMaker } from "../db/row_shape.ts";

/** The columns that make one object of a view. */
interface Group {
  /** Index of the column that says whether a left join has found a row. */
  exists: number | null;
  members: Member[];
}

/** Index of a column, and the member that its value becomes. */
type Member = readonly [index: number, name: string];

/**
 * How rows with dotted column names (`"post.id"`, `"creator.name"`) become views. Null columns are
 * left out. Members named in `relations` come from a left join: they are left out as a whole unless
 * the row has `"member.exists"` true, and stay `{}` when the joined row has nothing to show
 * (content §0.5).
 *
 * The function is compiled from the names, so that it stores members under names that V8 knows:
 * stored under computed ones they take twice the time, and what is made of them takes longer to be
 * written as JSON.
 */
export function nestedShape(
  names: readonly string[],
  relations: readonly string[],
): RowMaker {
  const plain: Member[] = [];
  const groups = new Map<string, Group>();
  names.forEach((name, index) => {
    const dot = name.indexOf(".");
    if (dot < 0) {
      plain.push([index, name]);
      return;
    }
    const object = name.slice(0, dot);
    const member = name.slice(dot + 1);
    const group = groups.get(object) ?? { exists: null, members: [] };
    groups.set(object, group);
    if (member === "exists" && relations.includes(object)) group.exists = index;
    else group.members.push([index, member]);
  });
  const source = [
    '"use strict"; const view = {}; let object;',
    ...[...groups].map(([object, group]) =>
      relations.includes(object)
        ? `if (row[${group.exists}] === true) { ${fill(object, group)} }`
        : fill(object, group)
    ),
    ...plain.map((member) => store("view", member)),
    "return view;",
  ];
  return new Function("row", source.join("\n")) as RowMaker;
}

function fill(object: string, { members }: Group): string {
  return [
    `view[${JSON.stringify(object)}] = object = {};`,
    ...members.map((member) => store("object", member)),
  ].join("\n");
}

function store(target: string, [index, name]: Member): string {
  return `if (row[${index}] !== null) ${target}[${
    JSON.stringify(name)
  }] = row[${index}];`;
}
