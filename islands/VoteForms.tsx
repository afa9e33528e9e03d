/** Placeholder until the island is written: the plain forms work without it. */
export function VoteForms() {
  return null;
}
