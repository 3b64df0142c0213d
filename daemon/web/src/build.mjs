// Bundles what draws charts into a folder: node build.mjs FOLDER

import path from 'node:path';
import esbuild from 'esbuild';

const [, , folder] = process.argv;
await esbuild.build({
  entryPoints: { chart: 'chart.mjs' }, outdir: path.resolve(folder), bundle: true, minify: true, format: 'esm',
  target: 'es2022', logLevel: 'warning',
  banner: { js: '/*! Holds uPlot, Copyright (c) 2022 Leon Sorokin, MIT License: see the package\'s copyright file */' },
});
