/** What an activity changes, and what must be there before it: keys of any form. */
export interface Touching {
  changes: readonly string[];
  needs: readonly string[];
}

/** A piece of work that is not done yet. */
export interface Turn<Item> {
  item: Item;
  /** Earlier ones that it waits for. */
  waitsFor: number;
  /** Later ones that wait for it. */
  then: Turn<Item>[];
}

/** The unfinished ones that touch a key. */
interface Touched<Item> {
  changer: Turn<Item> | null;
  needers: Set<Turn<Item>>;
}

/**
 * Which activities may be under way together: one waits for every earlier one that changes what it
 * changes or needs, or that needs what it changes. All others are independent.
 */
export class KeyedOrder<Item extends Touching> {
  #touched = new Map<string, Touched<Item>>();

  /** Puts a piece of work behind all that were added before; `waitsFor` tells whether it may go. */
  add(item: Item): Turn<Item> {
    const turn: Turn<Item> = { item, waitsFor: 0, then: [] };
    const earlier = new Set<Turn<Item>>();
    const changes = new Set(item.changes);
    const needs = new Set(item.needs).difference(changes);
    for (const key of changes) {
      const { changer, needers } = this.#at(key);
      if (changer) earlier.add(changer);
      for (const needer of needers) earlier.add(needer);
      // Whoever comes later and waits for this one waits for those as well.
      this.#touched.set(key, { changer: turn, needers: new Set() });
    }
    for (const key of needs) {
      const { changer, needers } = this.#at(key);
      if (changer) earlier.add(changer);
      needers.add(turn);
    }
    for (const one of earlier) one.then.push(turn);
    turn.waitsFor = earlier.size;
    return turn;
  }

  /** Takes a finished one out. @returns those that need not wait any longer */
  finish(turn: Turn<Item>): Turn<Item>[] {
    const { changes, needs } = turn.item;
    for (const key of [...changes, ...needs]) {
      const touched = this.#touched.get(key);
      if (!touched) continue;
      if (touched.changer === turn) touched.changer = null;
      touched.needers.delete(turn);
      if (touched.changer === null && touched.needers.size === 0) {
        this.#touched.delete(key);
      }
    }
    return turn.then.filter((later) => --later.waitsFor === 0);
  }

  #at(key: string): Touched<Item> {
    let touched = this.#touched.get(key);
    if (!touched) {
      touched = { changer: null, needers: new Set() };
      this.#touched.set(key, touched);
    }
    return touched;
  }
}
