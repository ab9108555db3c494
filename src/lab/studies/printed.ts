/**
 * The figures of the report "Exploración de la convergencia en Redes Neuronales" (MNIST), as it prints them. Accuracy and loss are on the test set
 * unless said otherwise.
 * @module
 */
import type { Printed } from "../definition/study.ts";

/** The report's optimizers, in its order. */
export const optimizerNames = ["adam", "sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop"] as const;

/** The report's activations, in its order. */
export const activationNames = ["relu", "sigmoid", "tanh", "leakyRelu", "elu", "softplus"] as const;

/** Weights as the report's own network has them: not scaled by the layer's width. */
export const standardNormal = { name: "randomNormal", config: { stddev: 1 } } as const;

/** Accuracy and loss of each optimizer, in that order. */
type Column = readonly (readonly [accuracy: number, loss: number])[];

/** An assumption: the report does not label its tables; they are taken in the order in which its headings name the activations. */
export const byActivation: Readonly<Record<(typeof activationNames)[number], Column>> = {
  relu: [
    [0.9764, 0.0781],
    [0.9814, 0.063],
    [0.9813, 0.0647],
    [0.9781, 0.0816],
    [0.98, 0.0681],
    [0.98, 0.0681],
    [0.9818, 0.0787],
  ],
  sigmoid: [
    [0.969, 0.1022],
    [0.9695, 0.0977],
    [0.9723, 0.089],
    [0.9733, 0.0813],
    [0.9747, 0.0785],
    [0.9747, 0.0785],
    [0.9761, 0.0804],
  ],
  tanh: [
    [0.9703, 0.0972],
    [0.9755, 0.083],
    [0.9769, 0.0781],
    [0.9759, 0.0844],
    [0.978, 0.0755],
    [0.9781, 0.0755],
    [0.9794, 0.0764],
  ],
  leakyRelu: [
    [0.972, 0.0958],
    [0.9755, 0.0803],
    [0.9768, 0.0787],
    [0.9753, 0.0926],
    [0.9781, 0.077],
    [0.9783, 0.077],
    [0.9782, 0.0801],
  ],
  elu: [
    [0.9761, 0.0831],
    [0.9766, 0.0731],
    [0.9785, 0.0682],
    [0.9765, 0.089],
    [0.9805, 0.0745],
    [0.9803, 0.0743],
    [0.9795, 0.0797],
  ],
  softplus: [
    [0.9752, 0.0806],
    [0.9779, 0.0707],
    [0.9784, 0.0688],
    [0.9809, 0.0675],
    [0.9818, 0.0647],
    [0.9819, 0.0647],
    [0.9802, 0.081],
  ],
};

/** By rate of dropout. */
export const byDropout: readonly (readonly [dropout: number, column: Column])[] = [
  [
    0,
    [
      [0.9752, 0.0819],
      [0.9788, 0.0637],
      [0.9799, 0.0644],
      [0.9797, 0.0831],
      [0.9807, 0.077],
      [0.9807, 0.0768],
      [0.979, 0.095],
    ],
  ],
  [
    0.5,
    [
      [0.9728, 0.0914],
      [0.9758, 0.0819],
      [0.9782, 0.0796],
      [0.9733, 0.0975],
      [0.9761, 0.0854],
      [0.9762, 0.0854],
      [0.9782, 0.0985],
    ],
  ],
  [
    0.8,
    [
      [0.953, 0.1631],
      [0.9549, 0.1529],
      [0.9569, 0.1492],
      [0.9354, 0.2491],
      [0.9408, 0.2331],
      [0.9405, 0.2327],
      [0.9502, 0.2554],
    ],
  ],
  [
    0.95,
    [
      [0.9045, 0.5026],
      [0.9117, 0.4761],
      [0.8868, 0.7094],
      [0.2855, 1.9353],
      [0.368, 1.8945],
      [0.3689, 1.8937],
      [0.6262, 1.3181],
    ],
  ],
];

/** A column as printed figures. @param settings of an optimizer's line, besides the optimizer */
export function lines(column: Column, settings: Printed["settings"]): Printed[] {
  return column.map(([accuracy, loss], i) => ({ settings: { ...settings, optimizer: optimizerNames[i] }, accuracy, loss }));
}

const ownSteps = { model: "mlp", optimizer: "sgd", dropout: 0, initializer: standardNormal, batchSize: "full", shuffle: false } as const;

/** Networks that the authors wrote themselves: steps over the whole training set. */
export const scratch: readonly Printed[] = [
  { settings: { ...ownSteps, hidden: 128, learningRate: 0.001, epochs: 10 }, accuracy: 0.0962 },
  { settings: { ...ownSteps, hidden: 256, learningRate: 0.01, epochs: 50 }, accuracy: 0.3969 },
];

/** Mini-batches in file order. */
export const softmaxRegression: readonly Printed[] = [{ settings: { shuffle: false }, accuracy: 0.9194, trainAccuracy: 0.9222 }];

/** After 29 epochs, with the test set as validation set; 57 seconds an epoch, 30 milliseconds a step. */
export const keras: readonly Printed[] = [{ settings: {}, accuracy: 0.9911, loss: 0.0715, trainAccuracy: 0.9993 }];

export const byLearningRate: readonly Printed[] = [
  { settings: { optimizer: "adam", learningRate: 0.001 }, accuracy: 0.975, loss: 0.0751 },
  { settings: { optimizer: "adam", learningRate: 0.003 }, accuracy: 0.975, loss: 0.0944 },
  { settings: { optimizer: "adam", learningRate: 0.006 }, accuracy: 0.9689, loss: 0.1343 },
  { settings: { optimizer: "nesterov", learningRate: 0.03 }, accuracy: 0.9787, loss: 0.0764 },
  { settings: { optimizer: "nesterov", learningRate: 0.06 }, accuracy: 0.9693, loss: 0.1388 },
  { settings: { optimizer: "nesterov", learningRate: 0.09 }, accuracy: 0.963, loss: 0.2389 },
];

/** With RMSprop. The second pair stands there again, with .9721: one of the two is a misprint. */
export const penalties: readonly Printed[] = [
  { settings: { l1: 1e-5, l2: 1e-4 }, accuracy: 0.9757 },
  { settings: { l1: 1e-4, l2: 1e-4 }, accuracy: 0.973 },
];

/** What the report ends with. */
export const winner: readonly Printed[] = [{ settings: { optimizer: "rmsprop", l1: 1e-5, l2: 1e-4 }, accuracy: 0.9755 }];
