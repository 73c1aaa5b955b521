/**
 * `npm run simulate [-- --steps 20000 --seed 1 --rate 0.3]` runs the simulation of orders, consumers and workflows under
 * faults for longer than `npm test` does. A seed that fails fails again in the same place. Ends as the test does.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rate: { type: 'string', default: '0.3' },
  },
});
console.log(`seed ${values.seed}, ${values.steps} steps, faults at a rate of ${values.rate}`);
const { status } = spawnSync('vitest', ['run', 'test/simulation'], {
  stdio: 'inherit',
  env: {
    ...process.env,
    SIMULATION_STEPS: values.steps,
    SIMULATION_SEED: values.seed,
    SIMULATION_RATE: values.rate,
  },
});
process.exit(status ?? 1);
