/** A loop that rests between its turns, and is woken when there is something to do. */
export interface Loop {
  /** Starts the next turn now, or right after the running one. */
  wake(): void;
  /** Ends the loop after the running turn. */
  stop(): Promise<void>;
}

/** Rests at least so long between two turns, so that a flood of wake-ups does not become a flood of turns. */
const SHORTEST_REST = 5;

const REST_AFTER_FAILURE = 1000;

/**
 * Runs turns one after another until it is stopped.
 *
 * @param turn does what there is to do, and returns how many milliseconds the loop may rest if nobody wakes it
 * @param failed called with an error of a turn; the loop then rests a second and continues
 */
export function startLoop(turn: () => Promise<number>, failed: (error: unknown) => void): Loop {
  let stopped = false;
  let woken = false;
  let endRest = () => {};
  let endAnyRest = () => {};

  const rest = (milliseconds: number, canBeWoken: boolean) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      endAnyRest = () => {
        clearTimeout(timer);
        resolve();
      };
      endRest = canBeWoken ? endAnyRest : () => {};
    });

  const run = async () => {
    let lastFailure = '';
    while (!stopped) {
      woken = false;
      try {
        const pause = await turn();
        lastFailure = '';
        if (!stopped) await rest(woken ? Math.min(pause, SHORTEST_REST) : pause, true);
      } catch (error) {
        // What fails again and again is reported once.
        if (!stopped && String(error) !== lastFailure) failed(error);
        lastFailure = String(error);
        if (!stopped) await rest(REST_AFTER_FAILURE, false);
      }
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
      endAnyRest();
      return ended;
    },
  };
}
