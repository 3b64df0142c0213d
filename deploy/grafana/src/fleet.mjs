// Fleet: many vantages together. A country or a network, a block that spreads, or the service itself?

import * as palette from './palette.mjs';
import { coded, dashboard, list, matrix, now, number, range, rows, stateWords, steps, timeline,
  wordMappings } from './parts.mjs';

const chosen = 'country=~"$country",service_name=~"$service"';
const place = 'country=~"$country"';
const reach = steps([null, palette.bad], [0.01, palette.doubtful], [1, palette.good]);

// Since when each network is out of reach: the earliest vantage of it.
const onset = `min by (country, asn, service_name, target, status) (
  1000 * reachd_target_since_timestamp_seconds{${chosen}}
    * on (job, instance, vantage, service_name, target) group_right ()
      (reachd_target_status{${chosen},status=~"blocked|likely_blocked|impaired|down"} == 1)
)`;
const silent = `count(
  group by (job, instance, vantage) (present_over_time(reachd_vantage_status{${place},status="online"}[1d]))
    unless on (job, instance, vantage) reachd_vantage_status{status="online"}
) or vector(0)`;

export default dashboard({
  uid: 'reachd-fleet',
  title: 'reachd / Fleet',
  about: 'All vantages together: what is reached where, what is out of reach in how many networks, and in which order that came.',
  variables: [
    { name: 'country', label: 'country', of: 'reachd_vantage_status', many: true },
    { name: 'service', label: 'service_name', of: 'reachd_target_reachable{country=~"$country"}', many: true },
  ],
  panels: [
    number({ title: 'Online', at: [0, 0, 6, 4], about: 'Vantages that can judge now.',
      queries: [now(`sum(reachd_vantage_status{${place},status="online"})`, 'online')],
      steps: steps([null, palette.bad], [1, palette.good]) }),
    number({ title: 'Not online', at: [6, 0, 6, 4], about: 'Vantages that are heard of but cannot judge.',
      queries: [now(`sum(reachd_vantage_status{${place},status!="online"})`, 'not online')],
      steps: steps([null, palette.good], [1, palette.doubtful]) }),
    number({ title: 'Silent', at: [12, 0, 6, 4], about: 'Vantages that were heard of within a day and are not now.',
      queries: [now(silent, 'silent')], steps: steps([null, palette.good], [1, palette.bad]) }),
    number({ title: 'Networks', at: [18, 0, 6, 4], about: 'Networks, as pairs of country and AS, with a vantage that can judge.',
      queries: [now(`count(count by (country, asn) (reachd_vantage_status{${place},status="online"} == 1))`, 'networks')],
      steps: steps([null, palette.good]) }),
    matrix({ title: 'Countries and services', at: [0, 4, 24, 8], unit: 'percentunit', row: 'country',
      column: 'service_name', steps: reach,
      about: 'Share of the vantages in a country that reach all targets of a service now. Vantages that are not online have no say.',
      queries: [rows(`country_service:reachd_target_reachable:ratio{${chosen}}`)] }),
    list({ title: 'Onset by network', at: [0, 12, 14, 10], unit: 'dateTimeAsIso',
      about: 'Since when each network is without a target. Minutes apart: one system. Hours or days: a list that spreads.',
      queries: [rows(onset)], none: 'everything is reached everywhere',
      columns: { service_name: 'service', target: 'target', country: 'country', asn: 'AS', status: 'status',
        Value: 'since' },
      mappings: { status: wordMappings(palette.status) } }),
    timeline({ title: 'Networks out of reach', at: [14, 12, 10, 10], values: true,
      about: 'In how many networks of a country no vantage reaches a target. Two or more, while others reach it, is an alert. Recorded by the rules in deploy/fleet.',
      queries: [range(`country_target:reachd_networks_unreached:count{${chosen}}`,
        '{{country}} {{service_name}}/{{target}}')],
      steps: steps([null, palette.quiet], [1, palette.doubtful], [2, palette.bad]) }),
    timeline({ title: 'Networks and services', at: [0, 22, 24, 14], unit: 'percentunit',
      about: 'Share of the vantages of a network that reach all targets of a service, over time.',
      queries: [range(`network_service:reachd_target_reachable:ratio{${chosen}}`,
        '{{country}} AS{{asn}} {{service_name}}')], steps: reach }),
    timeline({ title: 'Vantages', at: [0, 36, 14, 9], about: 'State of each vantage over time; a gap is silence.',
      queries: [range(coded('reachd_vantage_status', place, palette.vantage, 'country, vantage'),
        '{{country}} {{vantage}}')],
      mappings: stateWords(palette.vantage) }),
    list({ title: 'Alerts of the fleet', at: [14, 36, 10, 9], unit: 'none',
      about: 'What only many vantages together can tell, as Prometheus sees it. What to do is in the runbook.',
      queries: [rows('ALERTS{alertname=~"ReachdBlockedInCountry|ReachdDownEverywhere|ReachdFleetBlind|ReachdVantage.+",alertstate="firing"}')],
      none: 'nothing fires',
      columns: { alertname: 'alert', country: 'country', service_name: 'service', target: 'target', vantage: 'vantage' } }),
  ],
});
