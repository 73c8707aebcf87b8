import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

// The thread of createIntegrityCheck: posts what quick_check finds, in SQLite's own words; none where all is in order.
const most = 5;
const database = new DatabaseSync(workerData as string, { readOnly: true, timeout: 5_000 });
let found: string[];
try {
  const rows = database.prepare(`PRAGMA quick_check(${most})`).all();
  found = rows.map(({ quick_check }) => String(quick_check)).filter((line) => line !== 'ok');
} catch (error) {
  found = [(error as Error).message];
} finally {
  database.close();
}
parentPort?.postMessage(found);
