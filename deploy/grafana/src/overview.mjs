// Overview: who can be reached now, since when, why not.

import * as palette from './palette.mjs';
import { bars, changes, coded, dashboard, list, now, number, range, rows, stateWords, steps,
  timeline, wordMappings } from './parts.mjs';

const here = 'vantage=~"$vantage"';
const chosen = `${here},service_name=~"$service"`;
const key = 'job, instance, vantage, service_name, target';

const total = (status) => `sum(reachd_target_status{${chosen},status=~"${status}"})`;
const count = (title, about, x, status, colour) => number({ title, about, at: [x, 0, 4, 4],
  queries: [now(total(status), title)], steps: steps([null, palette.good], [1, colour]) });

// A row for each kind that is in force; a target whose verdict names none still has its row.
const failing = `reachd_target_status{${chosen},status!="ok"} == 1`;
const outOfReach = `1000 * reachd_target_since_timestamp_seconds * on (${key}) group_right () (
  (reachd_target_kind{${chosen}} == 1) * on (${key}) group_left (status) (${failing})
)
or 1000 * reachd_target_since_timestamp_seconds * on (${key}) group_right () (
  (${failing}) unless on (${key}) reachd_target_kind == 1
)`;

const available = steps([null, palette.bad], [0.5, palette.doubtful], [0.9, palette.good]);
const availability = (window) => `sum by (service_name) (increase(reachd_rounds_total{${chosen},status="ok"}[${window}]))
  / (sum by (service_name) (increase(reachd_rounds_total{${chosen},status!="insufficient"}[${window}])) > 0)`;

export default dashboard({
  uid: 'reachd-overview',
  title: 'reachd / Overview',
  about: 'Who can be reached now, since when, and why not.',
  variables: [
    { name: 'vantage', label: 'vantage', of: 'reachd_vantage_status', many: true },
    { name: 'service', label: 'service_name', of: 'reachd_target_reachable{vantage=~"$vantage"}', many: true },
  ],
  annotation: changes(chosen),
  panels: [
    number({ title: 'Reached', about: 'Share of the targets whose confirmed state is ok.', at: [0, 0, 4, 4],
      queries: [now(`avg(reachd_target_reachable{${chosen}})`, 'reached')], unit: 'percentunit', decimals: 0,
      steps: steps([null, palette.bad], [0.5, palette.doubtful], [1, palette.good]) }),
    count('Blocked', 'Targets with proof that something on the way keeps them from being reached.',
      4, 'blocked', palette.status.blocked),
    count('Likely blocked', 'Targets that fail here and are fine as seen from outside, without proof.',
      8, 'likely_blocked', palette.status.likely_blocked),
    count('Down', 'Targets that fail as seen from outside too: the service itself.',
      12, 'down', palette.status.down),
    count('Impaired', 'Targets that fail or are slow, cause unknown.', 16, 'impaired', palette.status.impaired),
    count('Not judged', 'Targets without a confirmed state: just started, or the vantage is not online.',
      20, 'insufficient', palette.status.insufficient),
    list({ title: 'Out of reach now', at: [0, 4, 14, 11], unit: 'dateTimeFromNow',
      about: 'Each target whose confirmed state is not ok: since when, and every kind of trouble in force.',
      queries: [rows(outOfReach)], none: 'everything is reached',
      columns: { service_name: 'service', target: 'target', vantage: 'vantage', status: 'status', kind: 'kind',
        Value: 'since' },
      mappings: { status: wordMappings(palette.status) } }),
    timeline({ title: 'Vantages', at: [14, 4, 10, 11],
      about: 'State of each vantage. While it is not online, its targets are not judged.',
      queries: [range(coded('reachd_vantage_status', here, palette.vantage, 'vantage'), '{{vantage}}')],
      mappings: stateWords(palette.vantage) }),
    timeline({ title: 'States', at: [0, 15, 24, 16],
      about: 'Confirmed state of every target over time. The detector confirms a state over several rounds.',
      queries: [range(coded('reachd_target_status', chosen, palette.status, 'vantage, service_name, target'),
        '{{service_name}}/{{target}} {{vantage}}')],
      mappings: stateWords(palette.status) }),
    bars({ title: 'Availability in the time shown', at: [0, 31, 8, 9], unit: 'percentunit',
      about: 'Rounds that were ok, of the rounds that could be judged.',
      queries: [now(availability('$__range'), '{{service_name}}')],
      steps: available }),
    timeline({ title: 'Availability of the hour before', at: [8, 31, 16, 9], unit: 'percentunit', decimals: 0,
      about: 'Rounds that were ok in the hour before, of the rounds that could be judged, at the worst of the vantages. Recorded by the rules in deploy/prometheus.',
      queries: [range(`round(min by (service_name) (service:reachd_rounds_ok:ratio_rate1h{${chosen}}), 0.01)`,
        '{{service_name}}')],
      steps: available }),
    list({ title: 'Alerts that fire', at: [0, 40, 24, 8], unit: 'none',
      about: 'Alerts of the rules in deploy/prometheus and deploy/fleet, as Prometheus sees them. What to do is in the runbook.',
      queries: [rows(`ALERTS{alertname=~"Reachd.+",alertstate="firing",vantage=~"$vantage|"}`)],
      none: 'nothing fires',
      columns: { alertname: 'alert', severity: 'severity', vantage: 'vantage', country: 'country',
        service_name: 'service', target: 'target', status: 'status' } }),
  ],
});
