'use strict';
// Draws the report from the JSON in #data; docs/command.md, "compare", says what is in it.
const data = JSON.parse(document.getElementById('data').textContent);
const byId = (id) => document.getElementById(id);
const charts = {};
const darkQuery = matchMedia('(prefers-color-scheme: dark)');
const shown = { run: 0, result: 0 };

const number = (value, digits = 2) => value.toLocaleString('en', { maximumFractionDigits: digits });
const signed = (share) => (share > 0 ? '+' : '') + (100 * share).toFixed(2) + ' %';
const resultsOfRun = () => data.results.filter((result) => result.run === data.runs[shown.run]);
const detailed = () => data.results[shown.result];
// The settings that take several values over the results.
const axes = Object.keys(data.axes);
// A short name: its values of them; machines of different design by their own names.
const nameOf = (result) => (axes.length === 0 || axes.length > 4
  ? result.machine
  : axes.map((axis) => axis.replace(/^mmu\./, '') + ' ' + result.axes[axis]).join(', '));

function palette() {
  return darkQuery.matches
    ? { ink: '#e6edf3', faint: '#9da7b3', line: '#30363d', paper: '#0d1117' }
    : { ink: '#1b1f24', faint: '#57606a', line: '#d8dee4', paper: '#ffffff' };
}

const colors = ['#0b5cad', '#d9730d', '#1a7f37', '#8250df', '#bf3989', '#57606a', '#9a6700', '#0a7ea4'];

function draw(id, option) {
  const look = palette();
  if (!charts[id]) charts[id] = echarts.init(byId(id), null, { renderer: 'svg' });
  const axis = (of) => of && {
    nameLocation: 'middle', nameGap: 30, axisLabel: { color: look.faint },
    nameTextStyle: { color: look.faint }, splitLine: { lineStyle: { color: look.line } },
    axisLine: { lineStyle: { color: look.line } }, ...of,
  };
  charts[id].setOption({
    animation: false, color: colors, aria: { enabled: true },
    textStyle: { fontFamily: "system-ui, 'DejaVu Sans', sans-serif", color: look.ink },
    grid: { left: 70, right: 24, top: 40, bottom: 60 },
    legend: { type: 'scroll', top: 0, textStyle: { color: look.ink } },
    ...option,
    tooltip: { confine: true, backgroundColor: look.paper, textStyle: { color: look.ink }, ...option.tooltip },
    xAxis: axis(option.xAxis), yAxis: axis(option.yAxis),
  }, true);
}

function fill(select, names, chosen, changed) {
  select.replaceChildren(...names.map((name, i) => new Option(name, i, false, i === chosen)));
  select.onchange = () => changed(Number(select.value));
}

function cell(tag, text, isText) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (isText) element.className = 'text';
  return element;
}

function table(id, caption, heads, rows, textColumns = [0]) {
  const element = byId(id);
  const head = document.createElement('tr');
  heads.forEach((text, i) => {
    const th = cell('th', text, textColumns.includes(i));
    th.scope = 'col';
    head.append(th);
  });
  const body = document.createElement('tbody');
  for (const row of rows) {
    const tr = document.createElement('tr');
    row.forEach((value, i) => tr.append(
      cell('td', typeof value === 'number' ? number(value, 4) : value, textColumns.includes(i))));
    body.append(tr);
  }
  const thead = document.createElement('thead');
  thead.append(head);
  element.replaceChildren(thead, body);
  if (caption) element.prepend(Object.assign(document.createElement('caption'), { textContent: caption }));
}

function drawEffects() {
  const others = data.effects.filter((effect) => effect.settings.length > 0);
  table('effects', '', ['what is changed', 'cycles', 'runs', 'of these'], others.map((effect) => [
    effect.settings.join(', '), signed(effect.cycles), effect.runs,
    Object.entries(effect.parts).slice(0, 3)
      .map(([part, share]) => signed(share) + ' ' + data.part_names[part]).join(', '),
  ]), [0, 3]);
}

// Parts that belong together, those of translation first.
const groups = ['TLB look-ups', 'page walks', 'page faults', 'system calls', 'data', 'dependences', 'issue'];

// Bars lie, so that names have room; the first result is on top.
function drawBars(id, unit, series) {
  const results = resultsOfRun();
  byId(id).style.height = 110 + results.length * (series[0].stack ? 26 : 14 + 10 * series.length) + 'px';
  draw(id, {
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' }, valueFormatter: (v) => number(v, 4) },
    grid: { left: 16, right: 24, top: 36, bottom: 44, containLabel: true },
    xAxis: { type: 'value', name: unit },
    yAxis: { type: 'category', inverse: true, data: results.map(nameOf),
      axisLabel: { color: palette().faint, width: 260, overflow: 'break' } },
    series: series.map((one) => ({ type: 'bar', barMaxWidth: 22, ...one, data: results.map(one.of) })),
  });
  charts[id].resize();
}

function drawCpi() {
  drawBars('cpi', 'cycles per instruction', groups.map((group) => (
    { name: group, stack: 'all', of: (result) => result.groups[group] || 0 })));
}

function drawMpki() {
  drawBars('mpki', 'misses in 1,000 instructions', Object.keys(resultsOfRun()[0].mpki).map((tlb) => (
    { name: tlb.toUpperCase(), of: (result) => result.mpki[tlb] ?? 0 })));
}

const figures = Object.keys(data.results[0].figures);
const heat = { x: 0, y: 1, figure: Math.max(0, figures.indexOf('cpi')) };

function drawHeat() {
  const usable = axes.length >= 2;
  byId('heat-section').hidden = !usable;
  if (!usable) return;
  const [x, y, figure] = [axes[heat.x], axes[heat.y], figures[heat.figure]];
  const cells = new Map();
  for (const result of resultsOfRun()) {
    const key = data.axes[x].indexOf(result.axes[x]) + ',' + data.axes[y].indexOf(result.axes[y]);
    cells.set(key, [...(cells.get(key) || []), result.figures[figure]]);
  }
  // Other settings may vary too: the cell shows the best.
  const points = [...cells].map(([key, values]) => [...key.split(',').map(Number), Math.min(...values)]);
  const values = points.map((point) => point[2]);
  draw('heat', {
    legend: { show: false },
    grid: { left: 90, right: 100, top: 16, bottom: 60 },
    tooltip: { formatter: (p) => `${x} ${data.axes[x][p.value[0]]}, ${y} ${data.axes[y][p.value[1]]}: ${number(p.value[2], 4)}` },
    xAxis: { type: 'category', name: x, data: data.axes[x] },
    yAxis: { type: 'category', name: y, nameGap: 60, data: data.axes[y] },
    visualMap: { min: Math.min(...values), max: Math.max(...values), precision: 4, calculable: true, right: 0, top: 'middle',
      textStyle: { color: palette().faint }, inRange: { color: ['#eff6ff', '#6baed6', '#08306b'] } },
    series: [{ type: 'heatmap', data: points, label: { show: true, formatter: (p) => number(p.value[2], 4) } }],
  });
}

function drawPareto() {
  const points = resultsOfRun().map((result) => ({ value: [result.entries, result.last_mpki], name: nameOf(result) }));
  const front = [...points].sort((a, b) => a.value[0] - b.value[0] || a.value[1] - b.value[1])
    .reduce((best, point) => (best.length === 0 || point.value[1] < best[best.length - 1].value[1] ? [...best, point] : best), []);
  draw('pareto', {
    tooltip: { formatter: (p) => `${p.name}<br>${number(p.value[0])} entries, ${number(p.value[1], 4)} misses` },
    xAxis: { type: 'value', name: 'TLB entries, all levels', scale: true },
    yAxis: { type: 'value', name: 'misses in 1,000 instructions', nameGap: 45, scale: true },
    series: [{ name: 'results', type: 'scatter', symbolSize: 12, data: points },
      { name: 'no better one of this size', type: 'line', data: front, step: 'end', symbolSize: 6 }],
  });
}

function drawCdf() {
  const results = resultsOfRun().filter((result) => result.walk_latency.length > 0);
  byId('cdf-section').hidden = results.length === 0;
  if (results.length === 0) return;
  draw('cdf', {
    tooltip: { trigger: 'axis' },
    xAxis: { type: 'log', name: 'cycles of a walk', min: 1 },
    yAxis: { type: 'value', name: '% of walks', max: 100 },
    series: results.map((result) => ({ name: nameOf(result), type: 'line', step: 'end', showSymbol: false,
      data: result.walk_latency.map((cycles, i) => [Math.max(cycles, 1), i + 1]) })),
  });
}

function drawTime() {
  const { columns, rows } = data.intervals[shown.result] || { columns: [], rows: [] };
  byId('time-section').hidden = rows.length < 2;
  if (rows.length < 2) return;
  const end = columns.indexOf('end_instructions');
  const kilo = columns.indexOf('instructions');
  draw('time', {
    tooltip: { trigger: 'axis', valueFormatter: (v) => number(v, 3) },
    grid: { left: 70, right: 24, top: 40, bottom: 100 },
    dataZoom: [{ type: 'slider', bottom: 8 }, { type: 'inside' }],
    xAxis: { type: 'value', name: 'instructions', min: 'dataMin', max: 'dataMax' },
    yAxis: { type: 'value', name: 'in 1,000 instructions', nameGap: 45 },
    series: ['itlb_misses', 'dtlb_misses', 'stlb_misses', 'page_faults'].map((name) => ({
      name: name.replace('_', ' '), type: 'line', showSymbol: false,
      data: rows.map((row) => [row[end], 1000 * row[columns.indexOf(name)] / row[kilo]]),
    })),
  });
}

function drawWhere() {
  const of = detailed().attribution;
  byId('where-section').hidden = !of;
  if (!of) return;
  const row = (first) => (entry) => [first(entry), entry.dtlb_misses + entry.itlb_misses,
    entry.stlb_misses + (entry.l2_itlb_misses || 0),
    entry.walks, entry.dtlb_walk_cycles + entry.itlb_walk_cycles];
  const heads = ['L1 TLB misses', 'L2 TLB misses', 'walks', 'walk cycles'];
  table('instructions', 'Instructions that cost most', ['address', ...heads], of.instructions.map(row((e) => e.address)));
  table('areas', 'VM areas', ['area', ...heads], of.areas.map(row((e) => e.name)));
}

const sorting = { column: -1, down: false };
function drawTable() {
  const heads = ['result', 'run', ...figures];
  let rows = data.results.map((result) => [result.label, result.run, ...figures.map((name) => result.figures[name])]);
  if (sorting.column >= 0) {
    const sign = sorting.down ? -1 : 1;
    const order = (a, b) => (typeof a === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true }));
    rows = rows.sort((a, b) => sign * order(a[sorting.column], b[sorting.column]));
  }
  table('table', '', heads, rows, [0, 1]);
  byId('table').querySelectorAll('th').forEach((th, i) => {
    const button = document.createElement('button');
    button.textContent = th.textContent + (sorting.column === i ? (sorting.down ? ' \u2193' : ' \u2191') : '');
    button.onclick = () => {
      sorting.down = sorting.column === i && !sorting.down;
      sorting.column = i;
      drawTable();
      byId('table').querySelectorAll('th button')[i].focus();
    };
    th.replaceChildren(button);
    if (sorting.column === i) th.setAttribute('aria-sort', sorting.down ? 'descending' : 'ascending');
  });
}

function drawProvenance() {
  const of = detailed();
  table('provenance', '', ['', ''], [['mmusim', data.mmusim], ['result', of.label], ['machine', of.machine],
    ['trace', of.trace], ['trace hash', of.trace_hash], ['VA to PA map', of.map_hash], ['outcome', of.outcome],
    ['baseline', data.baseline]], [0, 1]);
  byId('machine').textContent = of.configuration.join('\n');
}

function drawDetails() {
  drawTime();
  drawWhere();
  drawProvenance();
}

function drawAll() {
  drawEffects();
  drawCpi();
  drawMpki();
  drawHeat();
  drawPareto();
  drawCdf();
  drawDetails();
  drawTable();
}

byId('summary').textContent = `${data.results.length} results, ${data.runs.length} ${data.runs.length === 1 ? 'run' : 'runs'}; baseline: ${data.baseline}`;
fill(byId('run'), data.runs, 0, (i) => { shown.run = i; drawAll(); });
fill(byId('result'), data.results.map((result) => result.label), 0, (i) => { shown.result = i; drawDetails(); });
fill(byId('heat-x'), axes, heat.x, (i) => { heat.x = i; drawHeat(); });
fill(byId('heat-y'), axes, heat.y, (i) => { heat.y = i; drawHeat(); });
fill(byId('heat-figure'), figures, heat.figure, (i) => { heat.figure = i; drawHeat(); });
drawAll();
addEventListener('resize', () => Object.values(charts).forEach((chart) => chart.resize()));
addEventListener('beforeprint', () => Object.values(charts).forEach((chart) => chart.resize()));
darkQuery.addEventListener('change', drawAll);
