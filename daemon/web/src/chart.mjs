// Draws the past of a target: how long its steps took, one on top of the other, with its statuses
// under them and its changes across. The figures are the API's; what is missing stays empty.

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

const PHASES = [['dns', 'name'], ['connect', 'connection'], ['tls', 'encryption'], ['first_byte', 'first byte'],
  ['transfer', 'transfer']];
const RANGES = [['6 h', 6], ['24 h', 24], ['48 h', 48], ['7 d', 168], ['30 d', 720]];
const AGAIN = 30000; // ms
const HEIGHT = 260;
const STRIP = 8; // pixels of the strip of statuses

const section = document.getElementById('history');
const bar = section.appendChild(document.createElement('div'));
const figure = section.appendChild(document.createElement('div'));
const note = section.appendChild(document.createElement('p'));
note.className = 'faint';
bar.className = 'ranges';

let hours = 24;
let chart = null;
let shown = null; // the answer that is drawn …
let began = 0; // … and from when on, in seconds since the epoch

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const text = (ms) => (ms == null ? '–' : ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`);

// 24 hours to a day, a date where a day begins; UTC, as all times here.
function stamp(seconds, step) {
  const words = new Date(seconds * 1000).toISOString();
  return step >= 86400 || seconds % 86400 === 0 ? words.slice(5, 10) : words.slice(11, 16);
}

// Each phase's line lies on the sum of those before it; nothing where no phase is known.
function stacked(history) {
  const sums = history.times.map(() => 0);
  return PHASES.map(([name]) => history[name].map((value, at) => {
    sums[at] += value ?? 0;
    return value == null ? null : sums[at];
  }));
}

function strip(plot) {
  const { ctx, bbox } = plot;
  const step = shown.resolution === 'hour' ? 3600 : null;
  shown.times.forEach((time, at) => {
    const from = plot.valToPos(time, 'x', true);
    const to = plot.valToPos(step ? time + step : shown.times[at + 1] ?? time + 60, 'x', true);
    if (to < bbox.left || from > bbox.left + bbox.width) return;
    const begin = Math.max(from, bbox.left);
    // A hole in the rounds is a hole in the strip.
    const width = Math.min(Math.max(to - from, 1), step ? Infinity : bbox.width / 40, bbox.left + bbox.width - begin);
    ctx.fillStyle = colour(shown.status[at]);
    ctx.fillRect(begin, bbox.top + bbox.height - STRIP * devicePixelRatio, width, STRIP * devicePixelRatio);
  });
}

function changes(plot) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.font = `600 ${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.setLineDash([4, 4]);
  for (const event of shown.events) {
    const x = plot.valToPos(event.time, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = ctx.fillStyle = colour('ink');
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const right = x > bbox.left + bbox.width * 0.8;
    ctx.textAlign = right ? 'right' : 'left';
    ctx.fillText(event.status.replace('_', ' '), x + (right ? -5 : 5) * devicePixelRatio, bbox.top + 14 * devicePixelRatio);
  }
  ctx.restore();
}

function options() {
  const line = { stroke: colour('faint'), grid: { stroke: colour('line'), width: 1 }, ticks: { stroke: colour('line') } };
  return {
    width: Math.max(280, figure.clientWidth), height: HEIGHT, tzDate: (time) => uPlot.tzDate(new Date(time * 1000), 'UTC'),
    scales: { x: { time: true, range: () => [began, began + hours * 3600] }, y: { range: (plot, low, high) => [0, (high || 1) * 1.15] } },
    axes: [{ ...line, values: (plot, ticks, axis, space, step) => ticks.map((tick) => stamp(tick, step)) }, { ...line, size: 64, values: (plot, ticks) => ticks.map(text) }],
    series: [{ value: '{YYYY}-{MM}-{DD} {HH}:{mm} UTC' }, ...PHASES.map(([name, label]) => ({
      label, stroke: colour(name), fill: colour(name), width: 1, points: { show: false },
      value: (plot, value, index, at) => text(at == null ? null : shown[name][at]),
    }))],
    // What is on top is drawn first, what is below it covers the rest.
    bands: PHASES.slice(1).map((_, at) => ({ series: [at + 2, at + 1] })),
    cursor: { y: false }, legend: { live: true },
    hooks: { draw: [strip, changes] },
  };
}

function draw() {
  chart?.destroy();
  figure.replaceChildren();
  if (!shown?.times.length) return;
  chart = new uPlot(options(), [shown.times, ...stacked(shown)], figure);
  const canvas = figure.querySelector('canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `How long the steps took, ${shown.times.length} points; the tables below say the same`);
}

async function load() {
  const since = new Date(Date.now() - hours * 3600000).toISOString().replace(/\.\d+Z$/, 'Z');
  try {
    const answer = await fetch(`${section.dataset.history}?since=${since}`, { signal: AbortSignal.timeout(8000) });
    if (!answer.ok) throw new Error(`the daemon answers ${answer.status}`);
    shown = await answer.json();
    began = Date.parse(since) / 1000;
    draw();
    note.textContent = shown.trouble ? `What was kept cannot be read: ${shown.trouble}`
      : shown.times.length ? `${shown.resolution === 'hour' ? 'Medians of hours' : 'Single rounds'}; the strip below is their status. Times are UTC.`
        : 'Nothing is kept of that time.';
  } catch (fault) {
    note.textContent = `The past cannot be shown now: ${fault.message}`;
  }
}

for (const [label, length] of RANGES) {
  const button = bar.appendChild(document.createElement('button'));
  button.type = 'button';
  button.textContent = label;
  button.setAttribute('aria-pressed', String(length === hours));
  button.addEventListener('click', () => {
    hours = length;
    for (const other of bar.children) other.setAttribute('aria-pressed', String(other === button));
    load();
  });
}
addEventListener('resize', () => chart?.setSize({ width: Math.max(280, figure.clientWidth), height: HEIGHT }));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
setInterval(() => { if (!document.hidden) load(); }, AGAIN);
load();
