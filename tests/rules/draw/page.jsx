// One dashboard on a page: Grafana's frames, plots, numbers and bars. Its table and its state timeline are
// not among the published components; these two are drawn here in their likeness.

import { createRoot } from 'react-dom/client';
import { createTheme, dateTime, ThemeContext, getActiveThreshold } from '@grafana/data';
import { BarGauge, BigValue, GlobalStyles, PanelChrome, TimeSeries } from '@grafana/ui';
import { frameOf, seriesOf, tableOf } from './frames.mjs';

const { board, answers, began, end } = window.board;
const theme = createTheme({ colors: { mode: 'dark' } });
const unit = 30; // height of a row of the grid in pixels
const gap = 8;
const grid = 1300 - gap;

const Numbers = ({ panel, width, height }) => {
  const series = seriesOf(panel, answers[panel.id], theme);
  const each = Math.floor(width / series.length);
  return <div style={{ display: 'flex' }}>{series.map(({ name, field, values }) =>
    <BigValue key={name} theme={theme} width={each - 4} height={height} colorMode={panel.options.colorMode}
      graphMode="none" textMode={panel.options.textMode} justifyMode="auto"
      value={{ ...field.display(values.at(-1)), title: name }} />)}</div>;
};

const Bars = ({ panel, width, height }) => {
  const series = seriesOf(panel, answers[panel.id], theme);
  const longest = series.reduce((most, { name }) => name.length > most.length ? name : most, '');
  return series.map(({ name, field, values }) =>
    <BarGauge key={name} theme={theme} width={width} height={Math.floor(height / series.length) - 4} orientation="horizontal"
      displayMode="basic" field={field.config} display={field.display} showUnfilled isOverflow={false}
      alignmentFactors={{ title: longest, text: '100.0%' }}
      value={{ ...field.display(values.at(-1)), title: name }} />);
};

const Lines = ({ panel, width, height }) => {
  const step = Math.max(60, parseInt(panel.interval ?? '0', 10) * 60);
  const frame = frameOf(seriesOf(panel, answers[panel.id], theme), began, end, step);
  const range = { from: dateTime(began * 1000), to: dateTime(end * 1000), raw: { from: '', to: '' } };
  return <TimeSeries frames={[frame]} timeRange={range} timeZone="utc" width={width} height={height}
    legend={panel.options.legend} options={panel.options} structureRev={1}>{() => null}</TimeSeries>;
};

const Legend = ({ entries }) => <div style={{ display: 'flex', flexWrap: 'wrap', gap: 14, fontSize: 12, paddingTop: 4 }}>
  {entries.map(([text, color]) => <span key={text}><span style={{ display: 'inline-block', width: 14, height: 4,
    background: color, marginRight: 5, verticalAlign: 'middle' }} />{text}</span>)}</div>;

const Timeline = ({ panel, width, height }) => {
  const series = seriesOf(panel, answers[panel.id], theme).sort((a, b) => a.name.localeCompare(b.name));
  const names = Math.min(width * 0.45, 7 * Math.max(...series.map(({ name }) => name.length)));
  const row = Math.min(34, (height - 46) / series.length);
  const x = (at) => names + 6 + (at / 1000 - began) / (end - began) * (width - names - 8);
  const worded = panel.fieldConfig.defaults.mappings?.[0]?.options;
  const steps = panel.fieldConfig.defaults.thresholds.steps;
  const seen = new Map();
  const hours = [];
  for (let at = Math.ceil(began / 3600) * 3600; at < end; at += 3600) hours.push(at * 1000);
  const drawn = series.map(({ name, times, values, field }, index) => {
    const runs = [];
    times.forEach((at, point) => {
      const last = runs.at(-1);
      if (last && last.value === values[point] && at - last.to <= 120000) last.to = at + 60000;
      else runs.push({ value: values[point], from: at, to: at + 60000 });
    });
    return <g key={name}><text x={names} y={(index + 0.65) * row} textAnchor="end" fontSize={Math.min(12, row * 0.8)} fill="#ccccdc">{name}</text>
      {runs.map(({ value, from, to }) => {
        const { text, color } = worded ? { text: worded[value]?.text, color: worded[value]?.color }
          : { text: field.display(value).text, color: getActiveThreshold(value, steps).color };
        if (worded) seen.set(text, color);
        return <g key={from}><rect x={x(from)} y={(index + 0.1) * row} width={Math.max(x(to) - x(from), 1)} height={row * 0.8}
          fill={color} fillOpacity="0.9" />{panel.options.showValue === 'auto' && x(to) - x(from) > 40 &&
          <text x={x(from) + 4} y={(index + 0.65) * row} fontSize={Math.min(11, row * 0.8)} fill="#111217">{text}</text>}</g>;
      })}</g>;
  });
  return <><svg width={width} height={row * series.length + 16}>{drawn}{hours.map((at) =>
    <text key={at} x={x(at)} y={row * series.length + 13} fontSize="11" fill="#9d9fa6" textAnchor="middle">
      {new Date(at).toISOString().slice(11, 16)}</text>)}</svg>
    <Legend entries={worded ? Object.values(worded).filter(({ text }) => seen.has(text)).map(({ text, color }) => [text, color])
      : steps.map(({ value, color }) => [value === null ? `< ${steps[1].value}` : `${value}+`, color])} /></>;
};

const Table = ({ panel }) => {
  const { columns, rows } = tableOf(panel, answers[panel.id], theme);
  const own = { padding: '5px 8px', borderBottom: '1px solid #2d2f36', textAlign: 'left', fontSize: 13 };
  return <table style={{ width: '100%', borderCollapse: 'collapse' }}>
    <thead><tr>{columns.map((name) => <th key={name} style={{ ...own, color: '#6e9fff' }}>{name}</th>)}</tr></thead>
    <tbody>{rows.map((cells, index) => <tr key={index}>{cells.map(({ text, color }, column) =>
      <td key={column} style={{ ...own, background: color, color: color && theme.colors.getContrastText(color) }}>{text}</td>)}</tr>)}</tbody>
  </table>;
};

const sorts = { stat: Numbers, bargauge: Bars, timeseries: Lines, 'state-timeline': Timeline, table: Table };

const Panel = ({ panel }) => {
  const { x, y, w, h } = panel.gridPos;
  const Inner = sorts[panel.type];
  const width = w * grid / 24 - gap;
  const height = h * unit - gap;
  return <div style={{ position: 'absolute', left: gap + x * grid / 24, top: 50 + y * unit, width, height }}>
    <PanelChrome title={panel.title} description={panel.description} width={width} height={height}>
      {(innerWidth, innerHeight) => <Inner panel={panel} width={innerWidth} height={innerHeight} />}
    </PanelChrome></div>;
};

const bottom = Math.max(...board.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
createRoot(document.getElementById('root')).render(<ThemeContext.Provider value={theme}>
  <GlobalStyles /><div style={{ position: 'relative', height: 60 + bottom * unit }}>
    <h4 style={{ position: 'absolute', left: gap, top: 12 }}>{board.title}</h4>
    {board.panels.map((panel) => <Panel key={panel.id} panel={panel} />)}
    <span id="drawn" /></div></ThemeContext.Provider>);
