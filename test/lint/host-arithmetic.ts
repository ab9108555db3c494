/**
 * Host arithmetic that reaches a weight has the same bits on every engine: + - * / %, and the functions below, which IEEE 754 or
 * ECMAScript define exactly. Everything else of Math, and `**`, is "implementation-approximated"; random numbers and clocks do not
 * even repeat on one engine.
 */
import ts from "typescript";
import { type Source, type Violation, walk } from "./source.ts";

/** Folders whose numbers reach no weight, or which are themselves an engine-dependent backend. */
const EXEMPT = /^src\/(program\/reference|lab|cli|web|bench)\//;
/** Where clocks may be read: `fit` says how long things took, a team notices threads that died, and how many run a step shows in no bit of it; events for TensorBoard bear their time. */
const CLOCKS = /^src\/(model\/|runtime\/team\.ts|program\/wasm-executor\.ts|callbacks\/tensor-board\.ts)/;

const FUNCTIONS = ["sqrt", "fround", "abs", "min", "max", "floor", "ceil", "trunc", "sign", "imul", "clz32"];
const CONSTANTS = ["PI", "E", "SQRT2", "SQRT1_2", "LN2", "LN10", "LOG2E", "LOG10E"];
const ALLOWED: ReadonlySet<string> = new Set([...FUNCTIONS, ...CONSTANTS]);

/** Every place in a file that breaks the rule. */
export function hostArithmetic(source: Source): Violation[] {
  const found: Violation[] = [];
  if (EXEMPT.test(source.path)) return found;
  const clocks = CLOCKS.test(source.path);
  walk(source, (node, lineOf) => {
    const complain = (message: string): void => void found.push({ path: source.path, line: lineOf(node), message });
    if (ts.isBinaryExpression(node)) {
      const operator = node.operatorToken.kind;
      const power = operator === ts.SyntaxKind.AsteriskAsteriskToken || operator === ts.SyntaxKind.AsteriskAsteriskEqualsToken;
      if (power && !(isInteger(node.left) && isInteger(node.right))) complain("`**` differs between engines: only between integer literals, such as 2 ** -24");
    }
    if (!ts.isIdentifier(node)) return;
    const { parent } = node;
    const member = ts.isPropertyAccessExpression(parent) && parent.name === node && !isGlobalThis(parent.expression);
    const key = (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent)) && parent.name === node;
    if (member || key || ts.isTypeNode(parent)) return;
    if (node.text === "Math") {
      const name = ts.isPropertyAccessExpression(parent) && parent.expression === node ? parent.name.text : null;
      if (name === null) complain("Math itself, under another name or by computed key: write Math.name, which can be checked");
      else if (name === "random") complain("Math.random does not repeat: use random.ts");
      else if (!ALLOWED.has(name)) complain(`Math.${name} differs between engines: allowed are ${FUNCTIONS.join(", ")}`);
    } else if (node.text === "crypto") complain("crypto does not repeat: use random.ts");
    else if ((node.text === "Date" || node.text === "performance") && !clocks)
      complain(`${node.text}: clocks belong to src/model, to who counts threads and to events for TensorBoard`);
  });
  return found;
}

function isInteger(node: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(node)) return isInteger(node.expression);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) return isInteger(node.operand);
  return ts.isNumericLiteral(node) && Number.isInteger(Number(node.text));
}

function isGlobalThis(node: ts.Expression): boolean {
  return ts.isIdentifier(node) && node.text === "globalThis";
}
