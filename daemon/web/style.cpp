#include "daemon/web/html.hpp"

namespace reachd::web {

// Colours have a contrast of 4.5 and more against their ground, in light and dark. On a phone each
// row of a table becomes a block of its own.
std::string_view stylesheet() {
  return R"css(:root {
  color-scheme: light dark;
  --ground: #ffffff; --ink: #1c2128; --faint: #57606a; --line: #d0d7de; --link: #0550ae;
  --alert: #fff1e5;
  --ok: #116329; --blocked: #a40e26; --likely: #953800; --impaired: #7d4e00; --down: #6639ba;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11151b; --ink: #e2e7ed; --faint: #9aa4af; --line: #343c46; --link: #79b8ff;
    --alert: #3a2410;
    --ok: #5bd174; --blocked: #ff8182; --likely: #ffa657; --impaired: #e3b341; --down: #c8a8ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem; max-width: 80rem;
  background: var(--ground); color: var(--ink);
  font: 1rem/1.45 system-ui, sans-serif;
}
a { color: var(--link); }
h1 { font-size: 1.4rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
p { margin: .4rem 0; }
.faint, caption, footer { color: var(--faint); }
.alert { background: var(--alert); border-left: .3rem solid var(--likely); padding: .5rem .75rem; }
ul.line { list-style: none; margin: .5rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
.status { white-space: nowrap; font-weight: 600; }
.shape { display: inline-block; width: 1.1em; text-align: center; }
.ok { color: var(--ok); } .blocked { color: var(--blocked); } .likely_blocked { color: var(--likely); }
.impaired { color: var(--impaired); } .down { color: var(--down); } .insufficient { color: var(--faint); }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
td { font-variant-numeric: tabular-nums; }
.number { text-align: right; white-space: nowrap; }
.span { white-space: nowrap; }
.name, .why { overflow-wrap: anywhere; }
.name { font-weight: 400; min-width: 9rem; }
.why { min-width: 14rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .75rem 0; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
pre {
  overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: .3rem;
  font: .85rem/1.4 ui-monospace, monospace;
}
footer { margin-top: 2rem; font-size: .9rem; }
@media (max-width: 60rem) { .phase { display: none; } }
@media (max-width: 40rem) {
  .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .cards, .cards tbody { display: block; }
  .cards tr { display: grid; grid-template-columns: 1fr auto; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .cards th, .cards td { border: 0; padding: .1rem 0; min-width: 0; }
  .cards .name, .cards .why { grid-column: 1 / -1; }
  .cards .name { order: -1; font-weight: 600; }
  .cards .why:empty, .cards .last { display: none; }
}
)css";
}

}  // namespace reachd::web
