#!/usr/bin/env node
import { buildApp } from '../lib/app.ts';
import { checkCompliance } from '../lib/compliance.ts';

const app = buildApp({ bundle: true });
checkCompliance(app);
app.synth();
