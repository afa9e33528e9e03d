/** What storing something of another server came to. */
export interface Stored {
  id: number;
  /** It was not there before. */
  created: boolean;
  /** It is stored as it came; false for what is stale, or an echo of our own. */
  changed: boolean;
}
