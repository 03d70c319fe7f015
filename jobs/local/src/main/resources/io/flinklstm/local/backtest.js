"use strict";
const report = JSON.parse(document.getElementById("report").textContent);
const $ = (id) => document.getElementById(id);
const NONE = "\u2013";

/* Number formats. */
const number = (v, digits = 5) => v == null ? NONE
  : v !== 0 && (Math.abs(v) < 1e-4 || Math.abs(v) >= 1e7) ? v.toExponential(digits - 2)
  : Number(v.toPrecision(digits)).toLocaleString("en", {maximumFractionDigits: 9});
const fixed = (v, decimals) => v == null ? NONE : v.toFixed(decimals);
const percent = (v, decimals = 2) => v == null ? NONE : (100 * v).toFixed(decimals) + " %";
const signed = (v, decimals = 2) => v == null ? NONE : (v > 0 ? "+" : "") + percent(v, decimals);
const count = (v) => v == null ? NONE : v.toLocaleString("en");
const time = (ms) => ms == null ? NONE : new Date(ms).toISOString().replace("T", " ").replace(/\.000Z$|Z$/, "");
const worth = (skill, t) => skill == null || t == null || Math.abs(t) < 2 ? "" : skill > 0 ? "good" : "bad";

const element = (name, text, className) => {
  const e = document.createElement(name);
  if (text != null) e.textContent = text;
  if (className) e.className = className;
  return e;
};

/* The header. */
const {model, data, mean, horizons, keys, calibration, plots} = report;
$("title").textContent = `${model.name}, version ${model.version}`;
document.title = `Backtest of ${model.name}`;
$("scope").textContent = `${count(data.origins)} forecasts of ${model.target} (${model.formula}), `
  + `${model.horizon === 1 ? "one step" : model.horizon + " steps"} ahead, judged on the part \u201c${data.part}\u201d of `
  + `${count(data.rows)} observations of ${count(data.keys)} ${data.keys === 1 ? "stream" : "streams"}: `
  + `${time(data.first_event_time)} to ${time(data.last_event_time)} UTC.`;
$("verdict").textContent = report.verdict;

const card = (value, label, className) => {
  const div = element("div", null, "card");
  div.append(element("b", value, className), element("span", label));
  $("cards").append(div);
};
const t = (baseline) => baseline.t == null ? "" : `, t = ${fixed(baseline.t, 1)}`;
card(signed(mean.no_change.skill), "skill against \u201cno change\u201d" + t(mean.no_change), worth(mean.no_change.skill, mean.no_change.t));
card(signed(mean.ridge.skill), `skill against ridge${data.ridge_lags ? ` on ${data.ridge_lags} lags` : ""}` + t(mean.ridge), worth(mean.ridge.skill, mean.ridge.t));
card(percent(mean.model.direction.value, 1), `right direction, of ${count(mean.model.direction.count)} that moved`);
card(mean.model.mape.value == null ? NONE : number(mean.model.mape.value, 4) + " %", "mean absolute percentage error (MAPE)");
card(number(mean.model.scaled_squared, 4), "squared error, in training variances");

/* Tables. */
const COLUMNS = [
  ["MSE", (s) => s.model.mse, number], ["RMSE", (s) => s.model.rmse, number], ["MAE", (s) => s.model.mae, number],
  ["Bias", (s) => s.model.bias, (v) => number(v, 3)],
  ["MAPE", (s) => s.model.mape.value, (v) => v == null ? NONE : number(v, 4) + " %"],
  ["Direction", (s) => s.model.direction.value, (v) => percent(v, 1)],
  ["Scaled MSE", (s) => s.model.scaled_squared, (v) => number(v, 4)],
  ["vs no change", (s) => s.no_change.skill, signed, (s) => worth(s.no_change.skill, s.no_change.t)],
  ["t", (s) => s.no_change.t, (v) => fixed(v, 1)],
  ["vs ridge", (s) => s.ridge.skill, signed, (s) => worth(s.ridge.skill, s.ridge.t)],
  ["t", (s) => s.ridge.t, (v) => fixed(v, 1)],
];
/* Several streams have no common unit, so some errors are missing for all of them together. */
const common = COLUMNS.filter(([, value]) => horizons.some((score) => value(score) != null));
const scoreCells = (score, columns = COLUMNS) => columns.map(([, value, format, look]) => element("td", format(value(score)), look ? look(score) : ""));
const row = (cells, className) => { const tr = element("tr", null, className); tr.append(...cells); return tr; };
const heading = (text) => { const th = element("th", text); th.scope = "col"; return th; };
const head = (table, headings) => { const thead = element("thead"); thead.append(row(headings)); table.append(thead); };

head($("horizons"), ["Step", ...common.map(([name]) => name)].map(heading));
const steps = element("tbody");
horizons.forEach((score) => steps.append(row([element("td", String(score.horizon_step)), ...scoreCells(score, common)])));
if (horizons.length > 1) steps.append(row([element("td", "mean"), ...scoreCells(mean, common)], "mean"));
$("horizons").append(steps);

const MOST = 1000; // streams that are shown at most
if (keys.length < 2) {
  $("streams").hidden = true;
} else {
  const body = element("tbody");
  const named = [["Stream", (k) => k.key, (v) => v], ["Rows", (k) => k.rows, count], ["Forecasts", (k) => k.mean.count, count],
    ...COLUMNS.map(([name, value, format]) => [name, (k) => value(k.mean), format])];
  const fill = (sorted) => body.replaceChildren(...sorted.slice(0, MOST).map((k) => row([
    element("td", k.key), element("td", count(k.rows)), element("td", count(k.mean.count)), ...scoreCells(k.mean)])));
  const headings = named.map(([name, value], column) => {
    const th = heading();
    const button = element("button", name);
    button.addEventListener("click", () => {
      const up = th.getAttribute("aria-sort") !== "ascending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      th.setAttribute("aria-sort", up ? "ascending" : "descending");
      const order = (a, b) => {
        const x = value(a), y = value(b);
        return x == null ? 1 : y == null ? -1 : (typeof x === "string" ? x.localeCompare(y) : x - y) * (up ? 1 : -1);
      };
      fill([...keys].sort(order));
    });
    th.append(button);
    return th;
  });
  head($("keys"), headings);
  fill(keys);
  $("keys").append(body);
  if (keys.length > MOST) $("keys").append(element("caption", `${count(MOST)} of ${count(keys.length)} streams, the first ones in this order`));
}

if (!calibration) {
  $("calibration").hidden = true;
} else {
  head($("coverage"), ["Interval", ...calibration.horizons.filter(shown).map((s) => `step ${s.horizon_step}`)].map(heading));
  const body = element("tbody");
  calibration.horizons[0].intervals.forEach((interval, i) => body.append(row([
    element("td", percent(interval.nominal, 0)),
    ...calibration.horizons.filter(shown).map((s) => element("td", percent(s.intervals[i].coverage, 1)))])));
  $("coverage").append(body);
}

/** The first, the middle and the last step. */
function shown(step) {
  return [1, Math.ceil(model.horizon / 2), model.horizon].includes(step.horizon_step);
}

/* Plots, redrawn when colours or width change. */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const axis = (more) => ({stroke: colour("soft"), grid: {stroke: colour("line"), width: 1}, ticks: {stroke: colour("line"), width: 1}, ...more});
const values = (ticks) => (u, splits) => splits.map((v) => v == null ? "" : ticks(v));
const small = (v) => number(v, 6);
const NEAR = 200; // observations that are shown initially
let drawn = [];

function draw(id, height, series, columns, options = {}) {
  const holder = $(id);
  const plot = new uPlot({
    width: Math.max(260, holder.clientWidth), height, series,
    scales: {x: {time: false}, ...options.scales},
    axes: options.axes || [axis(), axis({size: 70, values: values(small)})],
    bands: options.bands, cursor: {points: {size: 6}},
  }, columns, holder);
  drawn.push(plot);
  return plot;
}

function drawSeries() {
  const plot = plots[$("key").selectedIndex];
  if (!plot) return;
  const span = plot.event_times[plot.event_times.length - 1] - plot.event_times[0];
  const label = (i) => {
    if (!Number.isInteger(i) || i < 0 || i >= plot.event_times.length) return "";
    const text = time(plot.event_times[i]);
    return span > 200 * 86400e3 ? text.slice(0, 10) : span > 2 * 86400e3 ? text.slice(5, 16) : text.slice(11, 19);
  };
  const columns = [plot.event_times.map((_, i) => i), plot.actual];
  const value = (u, v) => number(v, 7);
  const series = [
    {label: "observation", value: (u, i) => i == null ? NONE : time(plot.event_times[i])},
    {label: "actual", stroke: colour("actual"), width: 1.2, value},
  ];
  plot.forecasts.forEach((line, k) => {
    series.push({label: `forecast, step ${line.horizon_step}`, stroke: colour(k ? "last" : "model"), width: 1.2, value, show: k === 0});
    columns.push(line.values);
  });
  const first = plot.forecasts[0];
  let bands;
  if (first && first.upper.some((v) => v != null)) {
    series.push({label: "upper 90 %", stroke: "transparent", value, points: {show: false}}, {label: "lower 90 %", stroke: "transparent", value, points: {show: false}});
    columns.push(first.upper, first.lower);
    bands = [{series: [series.length - 2, series.length - 1], fill: colour("band")}];
  }
  const drawing = draw("series", 360, series, columns, {bands, axes: [axis({values: values(label), space: 90}), axis({size: 80, values: values(small)})]});
  const last = plot.event_times.length - 1;
  drawing.setScale("x", {min: Math.max(0, last - NEAR), max: last});
}

function drawHorizon() {
  if (horizons.length < 2) { $("horizon").hidden = true; return; }
  const value = (u, v) => number(v, 4);
  draw("horizon", 280, [
    {label: "step"},
    {label: "model", stroke: colour("model"), width: 2, value, points: {show: horizons.length < 30}},
    {label: "no change", stroke: colour("plain"), width: 2, dash: [6, 4], value},
    {label: "ridge", stroke: colour("ridge"), width: 2, value},
  ], [
    horizons.map((s) => s.horizon_step), horizons.map((s) => s.model.scaled_squared),
    horizons.map((s) => s.no_change.errors.scaled_squared), horizons.map((s) => s.ridge.errors.scaled_squared),
  ], {axes: [axis({incrs: [1, 2, 5, 10, 20, 50, 100]}), axis({size: 70, values: values(small)})]});
}

function drawCalibration() {
  const h = calibration && calibration.histogram;
  if (!h) { ["histogram", "qq"].forEach((id) => { $(id).parentElement.hidden = true; }); return; }
  const x = h.counts.map((_, i) => h.first + h.width * (i + .5));
  const density = h.counts.map((n) => n / (calibration.count * h.width));
  const share = (u, v) => fixed(v, 3);
  draw("histogram", 260, [
    {label: "deviation", value: (u, v) => fixed(v, 1)},
    {label: "residuals", stroke: colour("model"), fill: colour("band"), paths: uPlot.paths.bars({size: [1, Infinity]}), points: {show: false}, value: share},
    {label: "normal", stroke: colour("last"), width: 2, points: {show: false}, value: share},
  ], [x, density, x.map((v) => Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI))],
  {scales: {y: {range: (u, min, max) => [0, max * 1.05]}}});
  const q = calibration.quantiles;
  draw("qq", 260, [
    {label: "normal", value: (u, v) => fixed(v, 2)},
    {label: "residuals", stroke: colour("model"), width: 0, points: {show: true, size: 5, fill: colour("model")}, paths: () => null, value: (u, v) => fixed(v, 2)},
    {label: "if normal", stroke: colour("last"), width: 1.5, points: {show: false}, value: (u, v) => fixed(v, 2)},
  ], [q.map((p) => p.normal), q.map((p) => p.residual), q.map((p) => p.normal)]);
}

function drawAll() {
  drawn.forEach((plot) => plot.destroy());
  drawn = [];
  drawSeries();
  drawHorizon();
  drawCalibration();
}

plots.forEach((plot) => $("key").append(element("option", plot.key)));
if (!plots.length) $("actual").hidden = true;
if (plots.length < 2) $("key").parentElement.hidden = true;
$("key").addEventListener("change", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
let width = innerWidth;
addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; drawAll(); } });

$("how").textContent = `Every forecast was made event by event, by the code that the job runs, before the observation it forecasts was read. `
  + `Split of each stream: ${number(data.split.train)} / ${number(data.split.validation)} / ${number(data.split.test)} (train / validation / test). `
  + `t is that of Diebold and Mariano with Newey\u2013West variance; beyond \u00b12, chance is an unlikely explanation. `
  + `LSTM of ${model.num_layers} \u00d7 ${model.hidden_size}, context ${model.context}, lookback ${model.lookback}, model hash ${model.hash}; SHA-256 of the data ${data.sha256}.`;
drawAll();
