import { LoadMeter } from "../../lib/http/load_meter.ts";
import { test } from "../harness.ts";

/** A meter on made-up clocks; `pass` lets time go by, of which the thread works a share. */
function makeMeter() {
  let now = 1000, spent = 500, calls = 0;
  const meter = new LoadMeter(() => calls++, () => spent, () => now);
  return {
    pass(milliseconds: number, share: number, requests = 10) {
      for (let i = 0; i < requests; i++) {
        now += milliseconds / requests;
        spent += milliseconds / requests * share;
        meter.look();
      }
    },
    get calls() {
      return calls;
    },
  };
}

test("a thread that works half of the time for seconds has too much to do", (t) => {
  const meter = makeMeter();
  meter.pass(1000, 0.5);
  t.equal(meter.calls, 0);
  meter.pass(3000, 0.5, 30);
  t.ok(meter.calls >= 1);
});

test("one busy second, a light load and work that nobody waits beside are no load", (t) => {
  const burst = makeMeter();
  burst.pass(1000, 0);
  burst.pass(1000, 0.9);
  burst.pass(5000, 0.05, 50);
  t.equal(burst.calls, 0);

  const light = makeMeter();
  light.pass(20_000, 0.3, 200);
  t.equal(light.calls, 0);

  // A request every five seconds: the average of a pause is not that of now.
  const alone = makeMeter();
  alone.pass(50_000, 0.9, 10);
  t.equal(alone.calls, 0);
});
