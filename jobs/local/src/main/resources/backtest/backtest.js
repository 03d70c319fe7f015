'use strict';
/* Fills the page from the report in it. Texts are set as text, never as markup. */
(() => {
  const report = JSON.parse(document.getElementById('report').textContent);
  const {model, data, mean, horizons, keys, calibration, plots} = report;
  const byId = (id) => document.getElementById(id);
  const known = (value) => value != null;
  const number = (value) => known(value)
    ? new Intl.NumberFormat('en', {maximumSignificantDigits: 4, notation: value !== 0 && (Math.abs(value) >= 1e7 || Math.abs(value) < 1e-4) ? 'scientific' : 'standard'}).format(value)
    : '-';
  const fixed = (value, sign) => known(value)
    ? new Intl.NumberFormat('en', {minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: sign ? 'exceptZero' : 'negative'}).format(value)
    : '-';
  const percent = (share, sign) => known(share) ? fixed(100 * share, sign) : '-';
  const count = (value) => value.toLocaleString('en');
  const time = (ms) => known(ms) ? new Date(ms).toISOString().replace('T', ' ').slice(0, 19) : '-';

  function element(name, text, className) {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) {
      made.className = className;
    }
    return made;
  }
  const tone = (baseline) => !known(baseline.t) || Math.abs(baseline.t) < 2 || mean.count < 30 ? '' : baseline.t > 0 ? 'good' : 'bad';

  function header() {
    document.title = 'Backtest of ' + model.name;
    byId('title').textContent = model.name + ' version ' + model.version;
    byId('headline').textContent = report.verdict.headline;
    report.verdict.sentences.forEach((sentence) => byId('sentences').append(element('li', sentence)));
    report.notes.forEach((note) => byId('notes').append(element('li', note)));
  }

  function card(name, figure, more, className) {
    const made = element('div', '', 'card');
    made.append(element('p', name, 'name'), element('p', figure, 'figure ' + (className || '')), element('p', more, 'more'));
    byId('cards').append(made);
  }

  function cards() {
    const against = (name, baseline) => card('Skill against ' + name, known(baseline.skill) ? percent(baseline.skill, true) + ' %' : '-',
      't = ' + fixed(baseline.t), tone(baseline));
    against('no change', mean.no_change);
    against('ridge', mean.ridge);
    card('Forecasts judged', count(data.origins), data.part + ' part, ' + (data.keys === 1 ? '1 key' : count(data.keys) + ' keys'));
    card('Right direction', percent(mean.model.direction.value) + ' %', 'of ' + count(mean.model.direction.count) + ' moves');
    card('Mean absolute error', number(mean.model.mape.value) + ' %', 'no change ' + number(mean.no_change.errors.mape.value) + ' %');
    if (calibration) {
      const interval = calibration.horizons[0].intervals.find((each) => each.nominal === 0.9);
      card('90 % interval holds', percent(interval.coverage) + ' %', 'of step 1, from the validation part');
    }
  }

  const columns = [
    ['Model', (score) => score.model.scaled_squared, number],
    ['No change', (score) => score.no_change.errors.scaled_squared, number],
    ['Ridge', (score) => score.ridge.errors.scaled_squared, number],
    ['vs no change %', (score) => score.no_change.skill, (value) => percent(value, true)],
    ['t', (score) => score.no_change.t, (value) => fixed(value)],
    ['vs ridge %', (score) => score.ridge.skill, (value) => percent(value, true)],
    ['t', (score) => score.ridge.t, (value) => fixed(value)],
    ['RMSE', (score) => score.model.rmse, number],
    ['MAE', (score) => score.model.mae, number],
    ['Bias', (score) => score.model.bias, number],
    ['MAPE %', (score) => score.model.mape.value, number],
    ['Right %', (score) => score.model.direction.value, (value) => percent(value)],
  ];

  function row(name, values, className) {
    const made = element('tr', '', className);
    const head = element('th', name);
    head.scope = 'row';
    head.title = name;
    made.append(head, ...values.map((value) => element('td', value)));
    return made;
  }
  const cells = (score) => columns.map(([, get, show]) => show(get(score)));

  function stepTable() {
    const head = element('tr', '');
    ['Step', ...columns.map(([name]) => name)].forEach((name) => {
      const cell = element('th', name);
      cell.scope = 'col';
      head.append(cell);
    });
    const body = document.createElement('tbody');
    horizons.forEach((score) => body.append(row(String(score.horizon_step), cells(score))));
    if (horizons.length > 1) {
      body.append(row('Mean', cells(mean), 'mean'));
    }
    const top = document.createElement('thead');
    top.append(head);
    byId('steps').append(top, body);
  }

  function keyTable() {
    const all = [['Key', (key) => key.key, String], ['Forecasts', (key) => key.mean.count, count],
      ...columns.map(([name, get, show]) => [name, (key) => get(key.mean), show])];
    const head = element('tr', '');
    const body = document.createElement('tbody');
    const fill = (order) => body.replaceChildren(...order.map((key) => row(key.key, all.slice(1).map(([, get, show]) => show(get(key))))));
    all.forEach(([name, get]) => {
      const cell = element('th', '');
      const button = element('button', name);
      cell.scope = 'col';
      button.type = 'button';
      button.onclick = () => {
        const sign = cell.getAttribute('aria-sort') === 'descending' ? 1 : -1;
        head.querySelectorAll('th').forEach((other) => other.removeAttribute('aria-sort'));
        cell.setAttribute('aria-sort', sign === 1 ? 'ascending' : 'descending');
        fill([...keys].sort((a, b) => {
          const [x, y] = [get(a), get(b)];
          return !known(x) || !known(y) ? known(y) - known(x) : sign * (typeof x === 'string' ? x.localeCompare(y) : x - y);
        }));
      };
      cell.append(button);
      head.append(cell);
    });
    fill(keys);
    const top = document.createElement('thead');
    top.append(head);
    byId('keys').append(top, body);
  }

  function facts() {
    const shares = data.split;
    [['Model', model.name + ' version ' + model.version + ' (' + model.hash + ')'],
      ['Network', model.num_layers + ' × LSTM(' + model.hidden_size + '), context ' + model.context + ', lookback ' + model.lookback],
      ['Foresees', model.target + ' = ' + model.formula + ' by ' + model.transform + ', ' + model.horizon + ' ahead'],
      ['Ridge', data.ridge_lags ? 'on the last ' + data.ridge_lags + ' values of the target, fitted on the training part' : 'none'],
      ['Data', count(data.rows) + ' rows, ' + count(data.keys) + (data.keys === 1 ? ' key: ' + keys[0].key : ' keys')],
      ['Split', [shares.train, shares.validation, shares.test].join(', ') + '; judged: ' + data.part],
      ['Judged', time(data.first_event_time) + ' to ' + time(data.last_event_time) + ' UTC'],
      ['SHA-256', data.sha256],
    ].forEach(([name, value]) => byId('facts').append(element('dt', name), element('dd', value)));
  }

  function choices() {
    plots.forEach((series, k) => byId('key').append(new Option(series.key, k)));
    (plots[0] ? plots[0].forecasts : []).forEach((line, k) =>
      byId('step').append(new Option(line.horizon_step === 1 ? '1 step ahead' : line.horizon_step + ' steps ahead', k)));
    byId('key').onchange = byId('step').onchange = draw;
    byId('band').textContent = calibration ? 'The band is the 90 % interval.' : '';
    byId('forecasts').hidden = plots.length === 0;
    byId('horizon').hidden = mean.count === 0;
    byId('horizon-chart').hidden = horizons.length === 1;
    byId('by-key').hidden = keys.length === 1;
    byId('calibration').hidden = !calibration || !calibration.histogram;
    if (calibration && calibration.histogram) {
      const {below, above} = calibration.histogram;
      byId('outside').textContent = below + above ? 'Beyond the edges: ' + count(below) + ' below, ' + count(above) + ' above.' : '';
    }
  }

  function draw() {
    if (plots.length) {
      charts.forecast(plots[byId('key').value], byId('step').value);
    }
    if (horizons.length > 1 && mean.count) {
      charts.horizon(horizons);
    }
    if (calibration && calibration.histogram) {
      charts.coverage(calibration.horizons);
      charts.histogram(calibration.histogram, calibration.count);
      charts.quantiles(calibration.quantiles);
    }
  }

  header();
  cards();
  stepTable();
  keyTable();
  facts();
  choices();
  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
})();
