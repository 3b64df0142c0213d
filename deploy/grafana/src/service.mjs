// Service: one service from close by. Where on the ladder it fails, how, and what it was like before.

import * as palette from './palette.mjs';
import { changes, coded, counts, dashboard, lines, now, number, range, stateWords, steps, timeline,
  yesNo } from './parts.mjs';

const chosen = 'vantage=~"$vantage",service_name=~"$service",target=~"$target"';
// A target has a round a minute: fewer than two minutes between points would show holes.
const pace = '2m';

const quantile = (share) => `histogram_quantile(${share}, sum by (phase, le) (\n` +
  `  rate(reachd_phase_duration_seconds_bucket{${chosen}}[$__rate_interval])\n)) >= 0`;  // without a round there is no number
const phases = (title, share, x) => lines({ title: `Phases, ${title}`, at: [x, 12, 12, 9], unit: 's', min: 0,
  about: `Time of each phase of the rounds that got through it: ${title} over targets and vantages.`,
  queries: [range(quantile(share), '{{phase}}')], colours: palette.phase, interval: pace, span: true });

const day = 86400;

export default dashboard({
  uid: 'reachd-service',
  title: 'reachd / Service',
  about: 'One service: where on the ladder it fails, how, since when, and what it was like before.',
  variables: [
    { name: 'service', label: 'service_name', of: 'reachd_target_reachable' },
    { name: 'target', label: 'target', of: 'reachd_target_reachable{service_name=~"$service"}', many: true },
    { name: 'vantage', label: 'vantage', of: 'reachd_target_reachable{service_name=~"$service"}', many: true },
  ],
  annotation: changes(chosen),
  panels: [
    timeline({ title: 'Confirmed states', at: [0, 0, 12, 12],
      about: 'What the detector has confirmed. Alerts go by this.',
      queries: [range(coded('reachd_target_status', chosen, palette.status, 'vantage, target'),
        '{{target}} {{vantage}}')],
      mappings: stateWords(palette.status) }),
    timeline({ title: 'Kinds in force', at: [12, 0, 12, 12],
      about: 'How it fails, layer by layer: layer.action.qualifier. A row exists from the first time a kind was seen.',
      queries: [range(`max by (vantage, target, kind) (reachd_target_kind{${chosen}})`,
        '{{kind}} {{target}} {{vantage}}')],
      mappings: yesNo('in force', palette.bad, 'not in force', palette.quiet) }),
    phases('median', 0.5, 0),
    phases('95th percentile', 0.95, 12),
    counts({ title: 'Failed steps', at: [0, 21, 12, 9], interval: pace, colours: palette.stage,
      about: 'Steps that failed, by the stage of the ladder and OONI\'s word for the failure.',
      queries: [range(`sum by (stage, failure) (increase(reachd_failures_total{${chosen}}[$__rate_interval])) > 0`,
        '{{stage}} {{failure}}')] }),
    counts({ title: 'Rounds', at: [12, 21, 12, 9], interval: pace, colours: palette.status,
      about: 'Rounds by their own verdict, before any confirmation.',
      queries: [range(`sum by (status) (increase(reachd_rounds_total{${chosen}}[$__rate_interval]))`,
        '{{status}}')] }),
    timeline({ title: 'Latest round', at: [0, 30, 12, 9],
      about: 'Verdict of each latest round. What flickers here and stands above is loss, not a block.',
      queries: [range(coded('reachd_round_status', chosen, palette.status, 'vantage, target'),
        '{{target}} {{vantage}}')],
      mappings: stateWords(palette.status) }),
    timeline({ title: 'HTTP status', at: [12, 30, 12, 9], values: true,
      about: 'Status of the last answer of the latest round; 0 is no answer.',
      queries: [range(`min by (vantage, target) (reachd_http_status_code{${chosen}})`, '{{target}} {{vantage}}')],
      steps: steps([null, palette.unknown], [100, palette.good], [400, palette.doubtful], [500, palette.bad]) }),
    timeline({ title: 'Addresses that fail', at: [0, 39, 12, 8], values: true,
      about: 'Addresses on which a step failed in the latest deep round, where there are any. Some of many: a block by address, or a broken server.',
      queries: [range(`sum by (vantage, target, family) (reachd_addresses{${chosen}} - reachd_addresses_reachable{${chosen}}) > 0`,
        '{{target}} {{family}} {{vantage}}')],
      steps: steps([null, palette.quiet], [1, palette.doubtful]) }),
    lines({ title: 'Addresses tried', at: [12, 39, 6, 8], unit: 'short', min: 0, stepped: true,
      about: 'The most addresses that the latest deep round of a vantage tried. A sudden drop is a resolver that lies or a service that moves.',
      queries: [range(`max by (target, family) (reachd_addresses{${chosen}})`, '{{target}} {{family}}')] }),
    lines({ title: 'Download speed', at: [18, 39, 6, 8], unit: 'Bps', min: 0, span: true,
      about: 'Speed of the latest body that was long enough to tell.',
      queries: [range(`reachd_download_bytes_per_second{${chosen}} > 0`, '{{target}} {{vantage}}')] }),
    number({ title: 'Certificate ends in', at: [0, 47, 24, 5], unit: 's', text: 'value_and_name', decimals: 0,
      about: 'Time to the end of the certificate seen last, the earliest of all vantages. Also of one that does not verify: a forger\'s too.',
      queries: [now(`min by (target) ((reachd_tls_certificate_not_after_timestamp_seconds{${chosen}} > 0) - time())`,
        '{{target}}')],
      steps: steps([null, palette.bad], [7 * day, palette.doubtful], [14 * day, palette.good]) }),
  ],
});
