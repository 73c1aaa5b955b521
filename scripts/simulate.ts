/**
 * `npm run simulate [-- --steps 2000 --seeds 1..200 --rate 0.3]` runs the simulation of orders, channels, consumers and
 * workflows under faults for longer than `npm test` does, once for each seed, and prints the number of steps. A failing
 * seed fails again in the same place: `--seeds 17`. The exit code is that of the test.
 */
import { spawnSync } from 'node:child_process';
import { readOptions } from '../local/options.ts';

const { values } = readOptions(import.meta.filename, {
  steps: { type: 'string', default: '400' },
  seeds: { type: 'string', default: String(Date.now() % 1_000_000) },
  rate: { type: 'string', default: '0.3' },
});
console.log(`seeds ${values.seeds}, ${values.steps} steps and more each, faults at a rate of ${values.rate}`);
const { status } = spawnSync('vitest', ['run', 'test/simulation'], {
  stdio: 'inherit',
  env: {
    ...process.env,
    SIMULATION_STEPS: values.steps,
    SIMULATION_SEEDS: values.seeds,
    SIMULATION_RATE: values.rate,
  },
});
process.exit(status ?? 1);
