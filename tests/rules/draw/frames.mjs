// Answers of Prometheus → Grafana's data frames, with the colours, mappings and units of the panel.
// A small part of what Grafana itself does: what these dashboards use.

import { FieldType, getDisplayProcessor, MappingType } from '@grafana/data';

const titled = (legend, metric) => legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => metric[label] ?? '').trim();

const config = (panel, name) => {
  const own = { custom: {}, ...structuredClone(panel.fieldConfig.defaults) };
  for (const { matcher, properties } of panel.fieldConfig.overrides ?? []) {
    const fits = matcher.id === 'byName' ? matcher.options === name
      : matcher.id === 'byRegexp' && new RegExp(matcher.options).test(name);
    if (!fits) continue;
    for (const { id, value } of properties) {
      if (id.startsWith('custom.')) own.custom[id.slice(7)] = value; else own[id] = value;
    }
  }
  return own;
};

export const shown = (field, theme) => ({ ...field, display: getDisplayProcessor({ field, theme, timeZone: 'utc' }) });

// The series of a panel: [{name, times, values, field}].
export const seriesOf = (panel, answers, theme) => panel.targets.flatMap((target, index) =>
  answers[index].map(({ metric, values, value }) => {
    const points = values ?? [value];
    const name = titled(target.legendFormat ?? '', metric);
    return { name, times: points.map(([at]) => at * 1000), values: points.map(([, v]) => Number(v)),
      field: shown({ name, type: FieldType.number, config: { ...config(panel, name), displayNameFromDS: name },
        values: points.map(([, v]) => Number(v)), labels: {} }, theme) };
  }));

// A frame on the common grid of times, with nulls where a series has no point.
export const frameOf = (series, began, end, step) => {
  const times = [];
  for (let at = began * 1000; at <= end * 1000; at += step * 1000) times.push(at);
  return { length: times.length, refId: 'A', fields: [
    { name: 'Time', type: FieldType.time, config: {}, values: times },
    ...series.map(({ times: own, values, field }, order) => {
      const known = new Map(own.map((at, index) => [at, values[index]]));
      return { ...field, state: { seriesIndex: order }, values: times.map((at) => known.get(at) ?? null) };
    }) ] };
};

const cell = (panel, name, type, value, theme) => {
  const field = shown({ name, type, config: config(panel, name), values: [value] }, theme);
  const { text, suffix = '', prefix = '', color } = field.display(value === '' ? null : value);
  const paints = field.config.custom.cellOptions?.type === 'color-background';
  const mapped = (field.config.mappings ?? []).some((one) => one.type === MappingType.ValueToText && value in one.options);
  return { text: `${prefix}${text}${suffix}`, color: paints && (type === FieldType.number || mapped) ? color : undefined };
};

// The cells of a table: {columns, rows: [[{text, color}]]}, after `organize` or `groupingToMatrix`.
export const tableOf = (panel, answers, theme) => {
  const [{ id, options }] = panel.transformations;
  const result = answers.flat().sort((a, b) => b.value[1] - a.value[1]);
  if (id === 'groupingToMatrix') {
    const values = (label) => [...new Set(result.map(({ metric }) => metric[label]))].sort();
    const columns = values(options.columnField);
    return { columns: [options.rowField, ...columns], rows: values(options.rowField).map((row) => [{ text: row },
      ...columns.map((column) => {
        const found = result.find(({ metric }) => metric[options.rowField] === row && metric[options.columnField] === column);
        return found ? cell(panel, column, FieldType.number, Number(found.value[1]), theme)
          : { text: panel.fieldConfig.defaults.noValue };
      })]) };
  }
  const names = Object.keys(options.indexByName).sort((a, b) => options.indexByName[a] - options.indexByName[b]);
  return { columns: names.map((name) => options.renameByName[name]), rows: result.map(({ metric, value }) =>
    names.map((name) => name === 'Value' ? cell(panel, options.renameByName[name], FieldType.number, Number(value[1]), theme)
      : cell(panel, options.renameByName[name], FieldType.string, metric[name] ?? '', theme))) };
};
