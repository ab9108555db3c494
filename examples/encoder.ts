/**
 * Is a sentence kind or not? Words become vectors, a GRU reads them both ways, and what it remembers answers. The words alone do not tell: "not" turns the
 * word behind it round, and only what comes after "but" counts.
 *
 *     npx tsx examples/encoder.ts [sentences] [epochs]
 */
import { adam, bidirectional, dense, embedding, gru, progressBar, sequential } from "gradiente";
import { dataset } from "gradiente/data";

const [count = 3000, epochs = 4] = process.argv.slice(2).map(Number);

const things = ["food", "room", "film", "music", "service", "weather"];
const kind = ["good", "great", "lovely", "pleasant"];
const unkind = ["bad", "awful", "boring", "dull"];
const degrees = ["very", "really", "rather"];
const negations = ["not", "never"];
/** Word 0 stands for none: sentences have different lengths. */
const words = ["", "the", "was", "but", ...things, ...kind, ...unkind, ...degrees, ...negations];
const STEPS = 15;

// A small generator of pseudorandom numbers, so that every run sees the same sentences.
let state = 1;
const below = (n: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
};
const one = (list: readonly string[]): string => list[below(list.length)];

/** "the film was not very good", and whether that is kind. */
function clause(): { text: string; isKind: boolean } {
  const [positive, negated] = [below(2) === 1, below(2) === 1];
  const parts = ["the", one(things), "was", ...(negated ? [one(negations)] : []), ...(below(2) === 1 ? [one(degrees)] : []), one(positive ? kind : unkind)];
  return { text: parts.join(" "), isKind: positive !== negated };
}

/** One clause, or two with "but" between them: the last one decides. */
function sentence(): { text: string; isKind: boolean } {
  const [first, second] = [clause(), clause()];
  return below(2) === 1 ? first : { text: `${first.text} but ${second.text}`, isKind: second.isKind };
}

/** The words of each sentence as numbers, with zeros behind. */
function encode(sentences: readonly string[]): Float32Array {
  const x = new Float32Array(sentences.length * STEPS);
  sentences.forEach((text, n) => {
    text.split(" ").forEach((word, t) => {
      x[n * STEPS + t] = words.indexOf(word);
    });
  });
  return x;
}

function samples(sentences: readonly { text: string; isKind: boolean }[]) {
  return dataset({ x: encode(sentences.map(({ text }) => text)), y: Uint8Array.from(sentences, ({ isKind }) => (isKind ? 1 : 0)), sampleShape: [STEPS] });
}

const model = sequential({ inputShape: [STEPS], seed: 7 }, [
  embedding(words.length, 12, { maskZero: true }),
  bidirectional(gru(16)),
  dense(1, { activation: "sigmoid" }),
]);
model.compile({ optimizer: adam({ learningRate: 0.005 }), loss: "binaryCrossentropy", metrics: ["accuracy"] });
console.log(model.summary());
await model.fit(samples(Array.from({ length: count }, sentence)), { epochs, batchSize: 32, callbacks: [progressBar()] });

const { accuracy } = await model.evaluate(samples(Array.from({ length: 1000 }, sentence)));
console.log(`new sentences: ${(100 * (accuracy as number)).toFixed(1)} % right`);

const asked = [
  "the food was good",
  "the food was not good",
  "the food was awful but the music was really lovely",
  "the room was great but the service was never very pleasant",
];
const answers = await model.predict(encode(asked));
asked.forEach((text, i) => {
  console.log(`${answers[i].toFixed(3)} kind: ${text}`);
});
