/**
 * What comes next in a series? Two of them: the carbon dioxide of Mauna Loa, month by month, and the temperature of Seattle, hour by hour. A GRU sees the last
 * steps and forecasts the next one, or the one that is a season ahead. It learns from the first four fifths and is judged by the last fifth, which lies later.
 *
 * Who forecasts must beat what costs nothing: "as now" (naive) and "as at this time of the last year, or day" (seasonal naive).
 *
 *     npx tsx examples/forecasting.ts [seeds] [epochs]
 */
import { adam, call, concatenate, cosineDecay, dense, flatten, gru, input, model, naiveError } from "gradiente";
import { decodeTarget, fitSeries, readCsv, table, takeRows, windows } from "gradiente/data";
import { bootstrapMean } from "gradiente/lab";

const [seeds = 5, epochs = 0] = process.argv.slice(2).map(Number);
const DATA = "node_modules/vega-datasets/data";

interface Series {
  readonly name: string;
  readonly unit: string;
  readonly values: Float64Array;
  /** Steps of a season. */
  readonly period: number;
  /** Steps that the network sees. */
  readonly length: number;
  readonly epochs: number;
}

/** Months of which there is no value get the one before, which is all that was known then. There are five, none after 1964. */
async function carbonDioxide(): Promise<Series> {
  const { columns } = await readCsv(`${DATA}/co2-concentration.csv`);
  const [date, measured] = columns;
  if (date.kind !== "categories" || measured.kind !== "numbers") throw new Error("expected dates and numbers");
  const values: number[] = [];
  date.codes.forEach((code, row) => {
    const [year, month] = date.categories[code].split("-").map(Number);
    const place = 12 * (year - 1958) + month - 3;
    while (values.length < place) values.push(values[values.length - 1]);
    values.push(measured.values[row]);
  });
  return { name: "carbon dioxide", unit: "ppm", values: Float64Array.from(values), period: 12, length: 36, epochs: 60 };
}

async function temperature(): Promise<Series> {
  const { columns } = await readCsv(`${DATA}/seattle-weather-hourly-normals.csv`);
  const [, , measured] = columns;
  if (measured.kind !== "numbers") throw new Error("expected numbers");
  return { name: "temperature", unit: "degrees", values: measured.values, period: 24, length: 72, epochs: 10 };
}

/** Mean absolute error of a rule over steps `from` to `to`. */
function errorOf(values: Float64Array, rule: (t: number) => number, from: number, to: number): number {
  let sum = 0;
  for (let t = from; t < to; t++) sum += Math.abs(values[t] - rule(t));
  return sum / (to - from);
}

/** Forecasts all steps of the last fifth, each from what came `horizon` steps before it and earlier; returns the mean absolute error. */
async function forecastError({ values, period, length, epochs: usual }: Series, horizon: number, seed: number): Promise<number> {
  // The season, and most of the trend, go out by taking the change against the same time of the last season: the network forecasts that.
  const changes = table({ columns: { change: values.slice(period).map((value, i) => value - values[i]) } });
  const first = startOfTest(values) - period;
  const past = takeRows(
    changes,
    Int32Array.from({ length: first }, (_, i) => i),
  );
  const preprocessing = fitSeries(past, { target: "change", length, horizon });
  const [train, test] = [windows(changes, preprocessing, { to: first }), windows(changes, preprocessing, { from: first })];

  // Beside the GRU the output sees the window itself: a linear model that the GRU corrects (LSTNet, Lai et al. 2018).
  const window = input([length, 1]);
  const seen = call(concatenate(), call(gru(16), window), call(flatten(), window));
  const network = model({ inputs: window, outputs: call(dense(1), seen), seed });
  network.compile({ optimizer: adam({ learningRate: 0.005 }), loss: "mse" });
  await network.fit(train, { epochs: epochs || usual, batchSize: 32, schedule: cosineDecay() });

  const said = decodeTarget(await network.predict(test), preprocessing) as Float64Array;
  const start = startOfTest(values);
  return errorOf(values, (t) => values[t - period] + said[t - start], start, values.length);
}

const startOfTest = (values: Float64Array): number => Math.floor(0.8 * values.length);

for (const series of [await carbonDioxide(), await temperature()]) {
  const { name, unit, values, period } = series;
  const start = startOfTest(values);
  const end = values.length;
  // What MASE divides by (Hyndman and Koehler 2006): the mean error of both rules, one step and one season ahead, on the steps that are learned from.
  const naive = naiveError(values.subarray(0, start), 1);
  const seasonal = naiveError(values.subarray(0, start), period);
  for (const horizon of [1, period]) {
    const errors: number[] = [];
    for (let seed = 0; seed < seeds; seed++) errors.push(await forecastError(series, horizon, seed));
    const show = (what: string, divisor: number) => {
      const { mean, low, high } = bootstrapMean(errors.map((error) => error / divisor));
      const interval = low === null ? "" : `, 95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}`;
      console.log(`  ${what} ${mean.toFixed(3)}${interval}`);
    };
    console.log(
      `${name}, ${horizon} ${horizon === 1 ? "step" : "steps"} ahead, ${end - start} forecasts: mean error ${bootstrapMean(errors).mean.toFixed(4)} ${unit}`,
    );
    show("MASE by naive", naive);
    show("MASE by seasonal naive", seasonal);
    const onTest = (rule: (t: number) => number) => errorOf(values, rule, start, end);
    show(
      "of naive's error on the same steps:",
      onTest((t) => values[t - horizon]),
    );
    show(
      "of seasonal naive's:",
      onTest((t) => values[t - period]),
    );
    show(
      "of the season's, moved by its last change:",
      onTest((t) => values[t - period] + values[t - horizon] - values[t - horizon - period]),
    );
  }
}
