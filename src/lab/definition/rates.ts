/** Learning rates to begin with. @module */

/**
 * By optimizer, the rate around which a grid is laid: the defaults of Keras and PyTorch where those are meant for use (Adam and its kin,
 * RMSprop: Kingma & Ba 2015, Tieleman & Hinton 2012; Adamax .002; Adadelta 1: Zeiler 2012), a third of Adam's for Lion (Chen et al. 2023 say three
 * to ten times less), and where those are none (SGD, Adagrad) what trains small networks on MNIST: a tenth for SGD (the report's softmax regression
 * too), a third of that with a momentum of .9, the report's .03, which multiplies the step by ten in the long run.
 */
export const usualRates: Readonly<Record<string, number>> = {
  sgd: 0.1,
  momentum: 0.03,
  nesterov: 0.03,
  adagrad: 0.03,
  adadelta: 1,
  rmsprop: 0.001,
  adam: 0.001,
  adamw: 0.001,
  adamax: 0.002,
  nadam: 0.001,
  lion: 0.0003,
};

/** Rates on each side of the usual one. */
const SIDE = 3;

/** Seven rates around one, a factor of the square root of ten apart, to three digits: .01 gives .000316, .001, .00316, .01, .0316, .1, .316. */
export function rateGrid(centre: number): number[] {
  return Array.from({ length: 2 * SIDE + 1 }, (_, i) => Number((centre * 10 ** ((i - SIDE) / 2)).toPrecision(3)));
}
