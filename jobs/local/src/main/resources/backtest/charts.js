'use strict';
/* The plots of a backtest's report: each function draws one into an element. */
const charts = (() => {
  const drawn = new Map();
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  const digits = (value, n) => value == null ? '-'
    : new Intl.NumberFormat('en', {maximumSignificantDigits: n, useGrouping: false}).format(value);

  const axis = (more) => Object.assign({
    stroke: colour('muted'), grid: {stroke: colour('line'), width: 1}, ticks: {stroke: colour('line'), width: 1},
  }, more);
  const valueAxis = (label) => axis({
    label, labelSize: 20, size: 64, values: (plot, splits) => splits.map((value) => digits(value, 7)),
  });
  const line = (label, stroke, more) => Object.assign({
    label, stroke: colour(stroke), width: 1.5, points: {show: false}, value: (plot, value) => digits(value, 7),
  }, more);
  const dots = (size) => ({points: {show: true, size}});

  function draw(id, height, options, data) {
    const element = document.getElementById(id);
    if (drawn.has(id)) {
      drawn.get(id).destroy();
    }
    const plot = new uPlot(Object.assign({
      width: Math.max(element.clientWidth, 200), height, tzDate: (seconds) => uPlot.tzDate(new Date(1000 * seconds), 'UTC'),
    }, options), data, element);
    drawn.set(id, plot);
    element.onresize = () => plot.setSize({width: Math.max(element.clientWidth, 200), height});
  }

  function forecast(series, index) {
    const foreseen = series.forecasts[index];
    draw('forecast-chart', 360, {
      cursor: {drag: {x: true, y: false}},
      axes: [axis({}), valueAxis('')],
      series: [
        {label: 'Time'},
        line('Upper', 'model', {width: 0}),
        line('Lower', 'model', {width: 0}),
        line('Actual', 'actual', {width: 1.25}),
        line('Forecast', 'model'),
      ],
      bands: [{series: [1, 2], fill: colour('model') + '2b'}],
    }, [series.event_times.map((ms) => ms / 1000), foreseen.upper, foreseen.lower, series.actual, foreseen.values]);
  }

  function horizon(scores) {
    const ridge = scores.some((score) => score.ridge.errors.scaled_squared != null);
    const marks = scores.length <= 60 ? dots(5) : {};
    draw('horizon-chart', 280, {
      scales: {x: {time: false}, y: {range: (plot, low, high) => [0, high > 0 ? 1.08 * high : 1]}},
      axes: [axis({label: 'Steps ahead', labelSize: 20, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500]}), valueAxis('')],
      series: [
        {label: 'Step'},
        line('Model', 'model', Object.assign({width: 2}, marks)),
        line('No change', 'no-change', marks),
        ...ridge ? [line('Ridge', 'ridge', marks)] : [],
      ],
    }, [
      scores.map((score) => score.horizon_step),
      scores.map((score) => score.model.scaled_squared),
      scores.map((score) => score.no_change.errors.scaled_squared),
      ...ridge ? [scores.map((score) => score.ridge.errors.scaled_squared)] : [],
    ]);
  }

  function coverage(steps) {
    const shown = steps.length > 1 ? [steps[0], steps[steps.length - 1]] : [steps[0]];
    const nominal = steps[0].intervals.map((interval) => 100 * interval.nominal);
    draw('coverage-chart', 260, {
      scales: {x: {time: false}, y: {range: (plot, low, high) => [Math.max(0, Math.min(45, low - 5)), 100]}},
      axes: [axis({label: 'Nominal %', labelSize: 20}), valueAxis('Observed %')],
      series: [
        {label: 'Nominal', value: (plot, value) => digits(value, 3)},
        line('Equal', 'muted', {dash: [4, 4]}),
        ...shown.map((step, k) => line('Step ' + step.horizon_step, ['model', 'ridge'][k], dots(7))),
      ],
    }, [nominal, nominal, ...shown.map((step) => step.intervals.map((interval) => 100 * interval.coverage))]);
  }

  function histogram(bins, count) {
    const centres = bins.counts.map((each, k) => bins.first + (k + 0.5) * bins.width);
    draw('histogram-chart', 260, {
      scales: {x: {time: false}},
      axes: [axis({label: 'Standard deviations', labelSize: 20}), valueAxis('% of errors')],
      series: [
        {label: 'Bin', value: (plot, value) => digits(value, 3)},
        line('Errors', 'model', {width: 0, fill: colour('model') + '88', paths: uPlot.paths.bars({size: [1, 100]})}),
        line('Normal', 'no-change', {width: 2}),
      ],
    }, [
      centres,
      bins.counts.map((each) => 100 * each / count),
      centres.map((z) => 100 * bins.width * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI)),
    ]);
  }

  function quantiles(pairs) {
    const normal = pairs.map((pair) => pair.normal);
    draw('quantile-chart', 260, {
      scales: {x: {time: false}},
      axes: [axis({label: 'Normal quantile', labelSize: 20}), valueAxis('Quantile of errors')],
      series: [
        {label: 'Normal', value: (plot, value) => digits(value, 3)},
        line('Equal', 'muted', {dash: [4, 4]}),
        line('Errors', 'model', {paths: () => null, points: {show: true, size: 4, fill: colour('model')}}),
      ],
    }, [normal, normal, pairs.map((pair) => pair.residual)]);
  }

  addEventListener('resize', () => drawn.forEach((plot, id) => document.getElementById(id).onresize()));
  return {forecast, horizon, coverage, histogram, quantiles, digits};
})();
