import { asset } from "fresh/runtime";

/** A symbol of `static/icons.svg`. Decorative unless it is given a `label`. */
export function Icon({ name, label }: { name: string; label?: string }) {
  const href = `${asset("/icons.svg")}#${name}`;
  return label
    ? (
      <svg class="i" role="img" aria-label={label}>
        <title>{label}</title>
        <use href={href} />
      </svg>
    )
    : (
      <svg class="i" aria-hidden="true">
        <use href={href} />
      </svg>
    );
}
