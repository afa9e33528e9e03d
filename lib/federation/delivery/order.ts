import type { SentActivity } from "./log.ts";

/** An activity that is to be delivered to one instance, and has not been. */
export interface Delivery {
  activity: SentActivity;
  inboxes: string[];
  /** Earlier ones that it waits for. */
  waitsFor: number;
  /** Later ones that wait for it. */
  then: Delivery[];
}

/** The unfinished ones that touch a key. */
interface Touched {
  changer: Delivery | null;
  needers: Set<Delivery>;
}

/**
 * Which activities may be under way to an instance together: one waits for every earlier one that
 * changes what it changes or needs, or that needs what it changes. All others are independent.
 */
export class DeliveryOrder {
  #touched = new Map<string, Touched>();

  /** Puts an activity behind all that were added before; `waitsFor` tells whether it may go. */
  add(activity: SentActivity, inboxes: string[]): Delivery {
    const delivery: Delivery = { activity, inboxes, waitsFor: 0, then: [] };
    const earlier = new Set<Delivery>();
    const changes = new Set(activity.changes);
    const needs = new Set(activity.needs).difference(changes);
    for (const key of changes) {
      const { changer, needers } = this.#at(key);
      if (changer) earlier.add(changer);
      for (const needer of needers) earlier.add(needer);
      // Whoever comes later and waits for this one waits for those as well.
      this.#touched.set(key, { changer: delivery, needers: new Set() });
    }
    for (const key of needs) {
      const { changer, needers } = this.#at(key);
      if (changer) earlier.add(changer);
      needers.add(delivery);
    }
    for (const one of earlier) one.then.push(delivery);
    delivery.waitsFor = earlier.size;
    return delivery;
  }

  /** Takes a finished one out. @returns those that need not wait any longer */
  finish(delivery: Delivery): Delivery[] {
    const { changes, needs } = delivery.activity;
    for (const key of [...changes, ...needs]) {
      const touched = this.#touched.get(key);
      if (!touched) continue;
      if (touched.changer === delivery) touched.changer = null;
      touched.needers.delete(delivery);
      if (touched.changer === null && touched.needers.size === 0) {
        this.#touched.delete(key);
      }
    }
    return delivery.then.filter((later) => --later.waitsFor === 0);
  }

  #at(key: string): Touched {
    let touched = this.#touched.get(key);
    if (!touched) {
      touched = { changer: null, needers: new Set() };
      this.#touched.set(key, touched);
    }
    return touched;
  }
}
