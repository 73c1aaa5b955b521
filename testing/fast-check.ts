import fc from 'fast-check';

/**
 * fast-check with the same cases on every run, so that what fails once can be had again and a change is not refused by
 * luck. PROPERTY_SEED names other cases: `PROPERTY_SEED=$RANDOM npm run test:full`.
 */
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20260310) });

export default fc;
