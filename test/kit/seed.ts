import fc from 'fast-check';

/** Properties try the same cases in every run; `npm run soak` tries others, and more of them. */
fc.configureGlobal({ seed: Number(process.env.SEED ?? 2026) });
