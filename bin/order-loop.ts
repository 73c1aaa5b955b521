#!/usr/bin/env node
import { buildApp } from '../lib/app.ts';
import { checkCompliance } from '../lib/compliance.ts';
import { STAGES_FOLDER } from '../lib/stages.ts';

const app = buildApp({ bundle: true, stagesFolder: process.env.STAGES_FOLDER ?? STAGES_FOLDER });
checkCompliance(app);
app.synth();
