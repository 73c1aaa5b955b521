/** A loop that rests between its turns, and is woken when there is something to do. */
export interface Loop {
  /** Starts the next turn now, or right after the running one. */
  wake(): void;
  /** Ends the loop after the running turn. */
  stop(): Promise<void>;
}

/** Rests at least so long between two turns, so that a flood of wake-ups does not become a flood of turns. */
const SHORTEST_REST = 2;

/**
 * Runs turns one after another until it is stopped.
 *
 * @param turn does what there is to do, and tells how many milliseconds the loop may rest if nobody wakes it
 * @param failed told of an error of a turn; the loop then rests a second and goes on
 */
export function startLoop(turn: () => Promise<number>, failed: (error: unknown) => void): Loop {
  let stopped = false;
  let woken = false;
  let endRest = () => {};

  const rest = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      endRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async () => {
    while (!stopped) {
      woken = false;
      let pause: number;
      try {
        pause = await turn();
      } catch (error) {
        if (!stopped) failed(error);
        pause = 1000;
      }
      if (stopped) return;
      if (woken) pause = Math.min(pause, SHORTEST_REST);
      await rest(pause);
    }
  };
  const ended = run();
  return {
    wake() {
      woken = true;
      endRest();
    },
    stop() {
      stopped = true;
      endRest();
      return ended;
    },
  };
}
