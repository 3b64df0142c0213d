// What the dashboards share: queries, variables, and a panel of each sort with its defaults.
// Takes plain values, returns the builders of the SDK; knows nothing of any one dashboard.

import { GraphDrawStyle, LineInterpolation, StackingConfigBuilder, StackingMode, TableSortByFieldStateBuilder,
  VisibilityMode, VizLegendOptionsBuilder, LegendDisplayMode, LegendPlacement, BigValueColorMode, BigValueGraphMode,
  BigValueTextMode, BarGaugeDisplayMode, ReduceDataOptionsBuilder, VizOrientation,
  TimelineValueAlignment } from '@grafana/grafana-foundation-sdk/common';
import { AnnotationQueryBuilder, DashboardBuilder, DashboardCursorSync, DashboardLinkBuilder,
  DashboardLinkType, DatasourceVariableBuilder, FieldColorBuilder, FieldColorModeId, MappingType,
  QueryVariableBuilder, ThresholdsConfigBuilder, ThresholdsMode, VariableRefresh,
  VariableSort } from '@grafana/grafana-foundation-sdk/dashboard';
import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import * as palette from './palette.mjs';

const source = { type: 'prometheus', uid: '${datasource}' };

// --- queries

export const range = (expr, legend) =>
  new prometheus.DataqueryBuilder().datasource(source).expr(expr).legendFormat(legend).range();
export const now = (expr, legend) =>
  new prometheus.DataqueryBuilder().datasource(source).expr(expr).legendFormat(legend).instant();
export const rows = (expr) =>
  new prometheus.DataqueryBuilder().datasource(source).expr(expr).instant()
    .format(prometheus.PromQueryFormat.Table);

const letters = 'ABCDEFGH';
const into = (panel, queries) => queries.reduce(
  (all, query, index) => all.withTarget(query.refId(letters[index])), panel);

// One number for a gauge that is 1 for one of its states: the state's place in the palette, counted
// from 1. `by` are the labels that stay.
export const coded = (metric, selector, states, by) => `max by (${by}) (\n  ${
  Object.keys(states).map((state, index) => `${metric}{${selector},status="${state}"} * ${index + 1}`)
    .join('\n  or ')}\n) > 0`;

// --- fields

const words = (entries) => [{
  type: MappingType.ValueToText,
  options: Object.fromEntries(entries.map(([value, text, color], index) =>
    [value, { text, color, index }])),
}];
export const stateWords = (states) => words(Object.entries(states).map(
  ([state, color], index) => [index + 1, state, color]));
export const yesNo = (yes, yesColour, no, noColour) => words([[1, yes, yesColour], [0, no, noColour]]);

// Steps of [from, colour]; the first begins at minus infinity.
export const steps = (...list) => new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(
  list.map(([value, color]) => ({ value, color })));
// A colour has a meaning, so a line without one is a shade of blue, told apart by its lightness.
const shades = () => new FieldColorBuilder().mode(FieldColorModeId.Shades).fixedColor(palette.plain);
const byThresholds = () => new FieldColorBuilder().mode(FieldColorModeId.Thresholds);
const fixed = (color) => ({ id: 'color', value: { mode: 'fixed', fixedColor: color } });
// Each series in the colour of the word it is named by, or begins with.
const paint = (panel, colours) => Object.entries(colours).reduce(
  (all, [word, colour]) => all.overrideByRegexp(`^${word}( .*)?$`, [fixed(colour)]), panel);

// --- panels: {title, about, at: [x, y, w, h], …}

const begin = (panel, { title, about, at: [x, y, w, h] }) =>
  panel.title(title).description(about).datasource(source).gridPos({ x, y, w, h });

export const number = (it) => {
  const panel = begin(new stat.PanelBuilder(), it).unit(it.unit ?? 'short').thresholds(it.steps)
    .colorScheme(byThresholds()).colorMode(it.mappings ? BigValueColorMode.Background : BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None).textMode(it.text ?? BigValueTextMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
  if (it.mappings) panel.mappings(it.mappings);
  if (it.decimals !== undefined) panel.decimals(it.decimals);
  return into(panel, it.queries);
};

export const bars = (it) => into(begin(new bargauge.PanelBuilder(), it).unit(it.unit).min(0).max(1)
  .thresholds(it.steps).colorScheme(byThresholds()).orientation(VizOrientation.Horizontal)
  .displayMode(BarGaugeDisplayMode.Basic)
  .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull'])), it.queries);

export const lines = (it) => {
  const panel = begin(new timeseries.PanelBuilder(), it).unit(it.unit).lineWidth(2)
    .lineInterpolation(it.stepped ? LineInterpolation.StepAfter : LineInterpolation.Linear)
    .colorScheme(shades()).fillOpacity(0).showPoints(VisibilityMode.Never).spanNulls(it.span ?? false)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List)
      .placement(LegendPlacement.Bottom).showLegend(true)
      .calcs(it.colours ? [] : ['lastNotNull'])); // to tell the shades apart by
  if (it.min !== undefined) panel.min(it.min);
  if (it.max !== undefined) panel.max(it.max);
  if (it.interval) panel.interval(it.interval);
  return into(it.colours ? paint(panel, it.colours) : panel, it.queries);
};

// Counts of events: stacked bars say how many at once, and of what.
export const counts = (it) => lines({ unit: 'short', min: 0, ...it }).drawStyle(GraphDrawStyle.Bars)
  .fillOpacity(80).lineWidth(0).stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));

export const timeline = (it) => {
  const panel = begin(new statetimeline.PanelBuilder(), it).unit(it.unit ?? 'none').mergeValues(true)
    .showValue(it.values || it.decimals !== undefined ? VisibilityMode.Auto : VisibilityMode.Never).rowHeight(0.8).lineWidth(0)
    .fillOpacity(90).alignValue(TimelineValueAlignment.Left)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List)
      .placement(LegendPlacement.Bottom).showLegend(true))
    .colorScheme(byThresholds()).thresholds(it.steps ?? steps([null, palette.quiet]));
  if (it.mappings) panel.mappings(it.mappings);
  if (it.decimals !== undefined) panel.decimals(it.decimals);
  if (it.interval) panel.interval(it.interval);
  return into(panel, it.queries);
};

// `columns`: {label or field: heading}, in order; what is not named is left out. The unit is the number's
// alone: Grafana would read the words of the other columns as dates. The greatest number stands first.
export const list = (it) => {
  const names = Object.keys(it.columns);
  const panel = begin(new table.PanelBuilder(), it).unit('none').noValue(it.none)
    .withTransformation({ id: 'organize', options: {
      includeByName: Object.fromEntries(names.map((name) => [name, true])),
      indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
      renameByName: it.columns,
    } });
  for (const name of names) {
    const heading = it.columns[name];
    const mappings = it.mappings?.[heading];
    panel.overrideByName(heading, name === 'Value' ? [{ id: 'unit', value: it.unit }] : [
      { id: 'noValue', value: '–' },  // not the words for a whole table without rows
      ...(mappings ? [{ id: 'mappings', value: mappings },
        { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } }] : []),
    ]);
  }
  if (it.columns.Value) {
    panel.sortBy([new TableSortByFieldStateBuilder().displayName(it.columns.Value).desc(true)]);
  }
  return into(panel, it.queries);
};
export const wordMappings = (states) => words(Object.entries(states).map(
  ([state, color]) => [state, state, color]));

// A table with a row for each value of one label and a column for each of another.
export const matrix = (it) => into(begin(new table.PanelBuilder(), it).unit(it.unit).thresholds(it.steps)
  .colorScheme(byThresholds()).noValue('no vantage')
  .cellOptions({ type: 'color-background', mode: 'basic' })
  .withTransformation({ id: 'groupingToMatrix', options: {
    rowField: it.row, columnField: it.column, valueField: 'Value', emptyValue: 'null' } })
  .overrideByName(`${it.row}\\${it.column}`, [{ id: 'custom.cellOptions', value: { type: 'auto' } },
    { id: 'displayName', value: it.row }]), it.queries);

// --- the dashboard

// {name, label, of: series with it, many}: `All` is `.*`, which also matches a label that is not there.
const variable = ({ name, label, of, many }) => {
  const query = new QueryVariableBuilder(name).label(name).datasource(source)
    .query(`label_values(${of}, ${label})`).refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
  return many ? query.multi(true).includeAll(true).allValue('.*') : query;
};

export const changes = (selector) => new AnnotationQueryBuilder().name('Confirmed changes')
  .datasource(source).enable(true).iconColor(palette.doubtful)
  .expr(`sum by (vantage, service_name, target, status) (increase(reachd_changes_total{${selector}}[2m])) > 0`)
  .step('60s').titleFormat('{{service_name}}/{{target}}: {{status}}').textFormat('at {{vantage}}');

export const dashboard = ({ uid, title, about, variables, annotation, panels, hours = 6 }) => {
  const board = new DashboardBuilder(title).uid(uid).description(about).tags(['reachd']).refresh('30s')
    .time({ from: `now-${hours}h`, to: 'now' }).timezone('utc').tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .link(new DashboardLinkBuilder('reachd').type(DashboardLinkType.Dashboards).tags(['reachd'])
      .keepTime(true).includeVars(true))
    .withVariable(new DatasourceVariableBuilder('datasource').label('data source').type('prometheus'));
  for (const one of variables) board.withVariable(variable(one));
  if (annotation) board.annotation(annotation);
  panels.forEach((panel, index) => board.withPanel(panel.id(index + 1)));
  return board.build();
};
