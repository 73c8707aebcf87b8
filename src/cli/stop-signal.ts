/** Signals this soon after the first are the same key pressed once: npm passes on what the terminal sends to all. */
const sameKeyMs = 1_000;

/** Resolves at the first of these signals; one more, later, ends the process at once. */
export function stopSignal(signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM']): Promise<void> {
  return new Promise((resolve) => {
    let first: number | null = null;
    const stop = (signal: NodeJS.Signals) => {
      first ??= Date.now();
      if (Date.now() - first > sameKeyMs) process.exit(signal === 'SIGINT' ? 130 : 143);
      resolve();
    };
    for (const signal of signals) process.on(signal, stop);
  });
}
