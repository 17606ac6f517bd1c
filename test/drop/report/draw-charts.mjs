// Runs in the page of a report: draws its charts with uPlot, in the colours of the page, and again when those change.
const series = JSON.parse(document.getElementById('series').textContent);
const HEIGHT = 260;
const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const narrow = () => window.innerWidth < 600;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const clock = (seconds) => `${number.format(seconds)} s`;

/** Milliseconds as somebody would say them. */
function duration(ms) {
  if (ms === null || ms === undefined) return '';
  if (ms >= 1_000) return `${number.format(ms / 1_000)} s`;
  return ms >= 1 ? `${number.format(ms)} ms` : `${number.format(ms * 1_000)} µs`;
}

/** Decades alone: 1 ms, 10 ms, 100 ms. */
const decades = (format) => (_chart, splits) =>
  splits.map((at) => (at > 0 && Math.abs(Math.log10(at) % 1) < 1e-6 ? format(at) : null));

function axes({ x, y, logarithmic }) {
  const look = {
    stroke: colour('soft'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: colour('line'), width: 1 },
    ticks: { stroke: colour('line'), width: 1 },
  };
  const values = (format) => (logarithmic ? decades(format) : (_chart, splits) => splits.map(format));
  return [
    {
      ...look,
      size: 32,
      values: x.log ? decades(x.format) : (_chart, splits) => splits.map(x.format),
      space: narrow() ? 60 : 50,
    },
    { ...look, values: values(y), size: narrow() ? 52 : 64 },
  ];
}

/** A line above the chart that names each curve and says its value under the pointer, or else what `resting` says. */
function legendOf(chart, curves, { format, at, resting }) {
  const list = document.createElement('ul');
  list.className = 'legend';
  const place = document.createElement('li');
  place.className = 'at';
  const values = curves.map(({ label, ink }) => {
    const item = document.createElement('li');
    const swatch = document.createElement('i');
    swatch.style.background = colour(ink);
    const value = document.createElement('b');
    item.append(swatch, label, value);
    list.append(item);
    return value;
  });
  list.append(place);
  chart.before(list);
  return (index) => {
    const shown = index ?? null;
    place.textContent = shown === null ? (resting?.said ?? '') : at(shown);
    for (const [i, value] of values.entries()) {
      const one = shown === null ? (resting?.of(curves[i]) ?? null) : curves[i].raw[shown];
      value.textContent = one === null || one === undefined ? '' : format(one);
    }
  };
}

/** `curves`: label, ink, raw (the values told), drawn (where the line is; of stacks the sum), fill, bars, step. */
function draw(id, { xs, curves, x, y, logarithmic = false, piled = false, top, resting }) {
  const place = document.getElementById(id);
  place.replaceChildren();
  if (xs.length < 2 || curves.length === 0) {
    place.textContent = 'There is nothing to draw.';
    place.style.minHeight = '0';
    return;
  }
  const canvas = document.createElement('div');
  place.append(canvas);
  const tell = legendOf(canvas, piled ? [...curves].reverse() : curves, {
    format: y,
    at: (i) => x.format(xs[i]),
    resting,
  });
  const chart = new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      padding: [8, x.log ? 32 : 14, 0, 0],
      scales: {
        x: x.log ? { time: false, distr: 3 } : { time: false },
        y: logarithmic
          ? {
              distr: 3,
              range: (_chart, low, high) => [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high))],
            }
          : { range: (_chart, _low, high) => [0, top ?? Math.max(1, high * 1.05)] },
      },
      axes: axes({ x, y, logarithmic }),
      series: [
        {},
        ...curves.map(({ label, ink, fill, bars, step, width, dash }) => ({
          label,
          stroke: colour(ink),
          width: width ?? (fill ? 0 : 2),
          ...(dash && { dash }),
          ...(fill && { fill: colour(ink) }),
          spanGaps: false,
          points: { show: false },
          ...(bars && { paths: uPlot.paths.bars({ size: [0.95, 100] }) }),
          ...(step && { paths: uPlot.paths.stepped({ align: 1 }) }),
        })),
      ],
      hooks: { setCursor: [(one) => tell(one.cursor.idx)] },
    },
    [xs, ...curves.map(({ drawn, raw }) => drawn ?? raw)],
    canvas,
  );
  tell(null);
  return chart;
}

/** Each on top of those before it; the sums are drawn from the highest down, so that every band shows. */
function stacked(curves) {
  const sums = [];
  const piled = curves.map((curve) => {
    for (const [i, value] of curve.raw.entries()) sums[i] = (sums[i] ?? 0) + value;
    return { ...curve, drawn: [...sums], fill: true };
  });
  return piled.reverse();
}

const IN_THE_END = { said: 'in the end', of: ({ raw }) => raw.at(-1) };
const AT_MOST = { said: 'at most', of: ({ raw }) => Math.max(...raw.filter((value) => value !== null)) };
const IN_ALL = { said: 'in all', of: ({ raw }) => raw.reduce((sum, each) => sum + each, 0) };
const seconds = { format: clock };

function drawAll() {
  const { stock, pace, latency, percentiles, refusals, fairness } = series;
  draw('stock', {
    ...{ xs: stock.at, x: seconds, y: number.format, piled: true, resting: IN_THE_END },
    top: Math.max(1, stock.sold[0] + stock.checkout[0] + stock.held[0] + stock.available[0]),
    curves: stacked([
      { label: 'sold', ink: 'sold', raw: stock.sold, step: true },
      { label: 'checkout', ink: 'checkout', raw: stock.checkout, step: true },
      { label: 'held', ink: 'held', raw: stock.held, step: true },
      { label: 'available', ink: 'available', raw: stock.available, step: true },
    ]),
  });
  draw('pace', {
    ...{ xs: pace.at, x: seconds, y: number.format, resting: AT_MOST },
    curves: [
      { label: 'arrivals', ink: 'six', raw: pace.arrivals, dash: [4, 4] },
      { label: 'requests', ink: 'two', raw: pace.requests },
      { label: 'answers', ink: 'one', raw: pace.answers },
      { label: 'holds', ink: 'three', raw: pace.held },
    ],
  });
  draw('latency', {
    ...{ xs: latency.at, x: seconds, y: duration, logarithmic: true, resting: AT_MOST },
    curves: [
      { label: 'max', ink: 'six', raw: latency.max, dash: [4, 4] },
      { label: 'p99', ink: 'five', raw: latency.p99 },
      { label: 'p90', ink: 'two', raw: latency.p90 },
      { label: 'p50', ink: 'one', raw: latency.p50 },
    ],
  });
  drawPercentiles(percentiles);
  const inks = ['one', 'two', 'three', 'four', 'five', 'six'];
  draw('refusals', {
    ...{
      xs: refusals.at,
      x: seconds,
      y: number.format,
      piled: true,
      resting: IN_ALL,
    },
    curves: stacked(
      refusals.codes.map(({ code, counts }, i) => ({ label: code, ink: inks[i], raw: counts, bars: true })),
    ),
  });
  draw('fairness', {
    ...{
      xs: fairness.at,
      x: { format: (at) => `#${number.format(Math.round(at))}` },
      y: (value) => `${number.format(value)} %`,
      top: 100,
      piled: true,
    },
    curves: stacked([
      { label: 'bought', ink: 'sold', raw: fairness.bought, bars: true },
      { label: 'held, and did not pay', ink: 'held', raw: fairness.lost, bars: true },
      { label: 'refused', ink: 'available', raw: fairness.refused, bars: true },
      { label: 'unknown', ink: 'five', raw: fairness.unknown, bars: true },
    ]),
  });
}

/** Curves of different lengths on one axis: where one has ended it has no value. */
function drawPercentiles(curves) {
  const longest = curves.reduce((most, { odds }) => (odds.length > most.length ? odds : most), []);
  const inks = { decision: 'one', checkout: 'two', confirm: 'four', read: 'six' };
  const valueAt = ({ odds, ms }, at) => {
    if (at > odds.at(-1)) return null;
    return ms[odds.findIndex((each) => each >= at)] || null;
  };
  draw('percentiles', {
    ...{ xs: longest, y: duration, logarithmic: true, resting: AT_MOST },
    x: { log: true, format: (at) => (at <= 1 ? 'all' : `1 in ${number.format(Math.round(at))}`) },
    curves: curves.map((curve) => ({
      label: curve.name,
      ink: inks[curve.name],
      raw: longest.map((at) => valueAt(curve, at)),
    })),
  });
}

for (const time of document.querySelectorAll('time'))
  time.textContent = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: 'long', timeStyle: 'short' });

drawAll();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
let width = window.innerWidth;
let redraw;
addEventListener('resize', () => {
  if (window.innerWidth === width) return;
  width = window.innerWidth;
  clearTimeout(redraw);
  redraw = setTimeout(drawAll, 150);
});
