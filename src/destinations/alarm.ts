/** A sleep that others can end. */
export interface Alarm {
  /** Ends the sleep; rung while nobody sleeps, it ends the next one before it begins. */
  ring(): void;
  sleep(milliseconds: number): Promise<void>;
}

export function createAlarm(): Alarm {
  let rung = false;
  let wake = () => {};
  return {
    ring() {
      rung = true;
      wake();
    },
    async sleep(milliseconds) {
      if (!rung)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      rung = false;
    },
  };
}
