import { useCallback, useEffect, useRef, useState } from "react";

import { type Mail, type Scene, type Text, type Turn, scene as fetchScene } from "./api";

export interface Shown extends Omit<Scene, "texts" | "mail" | "turns"> {
  texts: Text[];
  mail: Mail[];
  turns: Turn[];
}

const IDLE_MS = 1_000;
const BUSY_MS = 200;
const BUSY_FOR_MS = 6_000;

/** The sandbox as it is: asked once a second, and five times as often for a moment after something was done. */
export function useScene(numbers: string[]) {
  const [shown, setShown] = useState<Shown | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const state = useRef<Shown | null>(null);
  const busyUntil = useRef(0);
  const wake = useRef<() => void>(() => {});
  const list = numbers.join(",");

  useEffect(() => {
    let over = false;
    const look = async () => {
      const known = state.current;
      const last = <T extends { number: number }>(all: T[] | undefined) => all?.at(-1)?.number ?? 0;
      try {
        let fresh = await fetchScene(list.split(","), {
          texts: last(known?.texts),
          mail: last(known?.mail),
          turns: last(known?.turns),
        });
        if (over) return;
        let before = known;
        if (known && known.epoch !== fresh.epoch) {
          // It began anew: what was seen is of another world.
          before = null;
          fresh = await fetchScene(list.split(","), { texts: 0, mail: 0, turns: 0 });
        }
        state.current = {
          ...fresh,
          texts: [...(before?.texts ?? []), ...fresh.texts],
          mail: [...(before?.mail ?? []), ...fresh.mail],
          turns: [...(before?.turns ?? []), ...fresh.turns],
        };
        setShown(state.current);
        setProblem(null);
      } catch (error) {
        if (!over) setProblem(error instanceof Error ? error.message : "The program does not answer.");
      }
    };
    const run = async () => {
      while (!over) {
        await look();
        const wait = Date.now() < busyUntil.current ? BUSY_MS : IDLE_MS;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, wait);
          wake.current = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    };
    void run();
    return () => {
      over = true;
      wake.current();
    };
  }, [list]);

  /** Something was done: look at once, and often for a moment. */
  const stir = useCallback(() => {
    busyUntil.current = Date.now() + BUSY_FOR_MS;
    wake.current();
  }, []);

  return { shown, problem, stir };
}
