// node draw.mjs ANSWERS FOLDER: bundles the page, opens it in Debian's Chromium, takes a picture of each board.

import fs from 'node:fs';
import path from 'node:path';
import esbuild from 'esbuild';
import { chromium } from 'playwright-core';

const [, , answers, folder] = process.argv;
const nothing = Object.fromEntries(['.ttf', '.svg', '.woff', '.woff2', '.png', '.gif'].map((end) => [end, 'empty']));
await esbuild.build({ entryPoints: ['page.jsx'], bundle: true, outfile: 'page.js', logLevel: 'error',
  jsx: 'automatic', loader: nothing, define: { 'process.env.NODE_ENV': '"production"', global: 'window' } });

const boards = JSON.parse(fs.readFileSync(answers));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const [name, board] of Object.entries(boards)) {
  const page = await browser.newPage({ viewport: { width: 1300, height: 900 } });
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  const data = JSON.stringify(board).replaceAll('<', '\\u003c');
  fs.writeFileSync('page.html', `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="page.css">
<body style="margin:0;background:#111217"><div id="root"></div>
<script>window.grafanaBootData={settings:{featureToggles:{}},user:{}};window.board=${data}</script>
<script src="page.js"></script>`);
  await page.goto(`file://${path.resolve('page.html')}`);
  await page.waitForSelector('#drawn', { state: 'attached' });
  await page.waitForTimeout(500); // uPlot paints in animation frames
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
  await page.close();
  console.log(`${faults.length ? 'not ok' : 'ok'} - ${path.join(folder, `${name}.png`)} ${faults}`);
  if (faults.length) process.exitCode = 1;
}
await browser.close();
