// Keeps an open page current: asks for the page again, puts what is new in the place of what is old,
// and says so when nothing answers. What is shown must never look newer than it is.

const EVERY = 5000; // ms between two questions
const PATIENCE = 6000; // ms for an answer
const LATE = 20000; // ms without a good answer after which even a page that was asleep says so

const banner = document.getElementById('stale');
const moment = document.querySelector('#moment time');
const age = document.createElement('span');
const voice = document.createElement('p');

let tag = document.documentElement.dataset.tag;
let seenAt = Date.now(); // of the last good answer, by this machine's clock
let failedAt = 0; // when answers began to fail; 0: they do not
let trouble = '';
let title = document.title;

const clock = (time) => `${new Date(time).toISOString().slice(11, 19)} UTC`;

function words(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

function tell() {
  const old = Date.now() - seenAt;
  age.textContent = `, ${words(old)} ago`;
  const stale = failedAt !== 0 || old > LATE;
  document.body.classList.toggle('stale', stale);
  banner.hidden = !stale;
  document.title = stale ? `not current: ${title}` : title;
  if (!stale) return;
  const since = clock(failedAt || seenAt);
  const text = `${trouble || 'No answer from the daemon'} since ${since}. What you see is from ${clock(moment.dateTime)}.`;
  if (banner.textContent !== text) banner.textContent = text;
}

// Where the focus is, so that it can be found again in what replaces it.
function place(part) {
  const active = document.activeElement;
  if (!active || !part.contains(active)) return null;
  const all = [...part.querySelectorAll('a, summary, button, [tabindex]')];
  return { href: active.getAttribute('href'), at: all.indexOf(active) };
}

function refocus(part, where) {
  if (!where) return;
  const all = [...part.querySelectorAll('a, summary, button, [tabindex]')];
  const same = where.href && all.find((element) => element.getAttribute('href') === where.href);
  (same || all[where.at])?.focus({ preventScroll: true });
}

function replace(part, next) {
  if (part.innerHTML === next.innerHTML) return;
  const where = place(part);
  const open = [...part.querySelectorAll('details')].map((details) => details.open);
  part.replaceChildren(...next.childNodes);
  [...part.querySelectorAll('details')].forEach((details, at) => { details.open = open[at] ?? false; });
  refocus(part, where);
}

const loads = (page) => [...page.querySelectorAll('link[rel=stylesheet], script[src]')]
  .map((element) => element.getAttribute('href') ?? element.getAttribute('src')).join();

function show(text) {
  const next = new DOMParser().parseFromString(text, 'text/html');
  if (loads(next) !== loads(document)) return location.reload(); // another version of the daemon
  const heading = document.querySelector('h1').textContent;
  for (const part of document.querySelectorAll('[data-live]')) {
    const newer = next.getElementById(part.id);
    if (newer) replace(part, newer);
  }
  title = next.title;
  tag = next.documentElement.dataset.tag;
  const now = document.querySelector('h1').textContent;
  if (now !== heading) voice.textContent = now;
}

// Text that somebody is marking is not taken away under the pointer.
function marking() {
  const selection = getSelection();
  return selection && !selection.isCollapsed && document.getElementById('main').contains(selection.anchorNode);
}

async function ask() {
  try {
    const answer = await fetch(location.pathname + location.search, {
      cache: 'no-store', headers: { 'If-None-Match': tag }, signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status !== 200 && answer.status !== 304) throw new Error(`The daemon answers ${answer.status}`);
    if (answer.status === 200) {
      const text = await answer.text();
      if (marking()) {
        trouble = 'Not renewed, as text is marked,';
        return;
      }
      show(text);
    }
    const date = new Date(answer.headers.get('Date') ?? Date.now());
    moment.dateTime = date.toISOString();
    moment.textContent = `${date.toISOString().slice(0, 10)} ${clock(date)}`;
    seenAt = Date.now();
    failedAt = 0;
    trouble = '';
  } catch (fault) {
    if (failedAt === 0) failedAt = Date.now();
    trouble = fault.message.startsWith('The daemon') ? fault.message : '';
  }
  tell();
}

let timer = 0;
async function turn() {
  clearTimeout(timer);
  if (!document.hidden) await ask();
  clearTimeout(timer);
  timer = setTimeout(turn, EVERY);
}

voice.className = 'silent';
voice.setAttribute('role', 'status');
document.body.append(voice);
moment.after(age);
document.addEventListener('visibilitychange', () => { tell(); if (!document.hidden) turn(); });
setInterval(tell, 1000);
tell();
timer = setTimeout(turn, EVERY);
