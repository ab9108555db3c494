/** What the sources say of the exports: their parameters, options and defaults. */
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** An exported function, as declared. */
export interface Described {
  /** `maxPool2d(poolSize = 2, options?)`; null for what cannot be called. */
  readonly signature: string | null;
  /** Names of the options, and whether they may be left out. */
  readonly options: ReadonlyMap<string, { readonly optional: boolean }>;
  /** Defaults as the code has them, or its docstring, where they do not depend on anything. */
  readonly defaults: ReadonlyMap<string, string>;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const modules = {
  gradiente: `${root}src/index.ts`,
  "gradiente/data": `${root}src/data/index.ts`,
  "gradiente/lab": `${root}src/lab/index.ts`,
  ops: `${root}src/graph/ops/index.ts`,
};

/** The program of the library and of files that exist only here. */
export class Api {
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;

  /** @param files sources by path below the root of the project */
  constructor(files: ReadonlyMap<string, string>) {
    const configured = ts.getParsedCommandLineOfConfigFile(`${root}tsconfig.json`, {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} });
    const { gradiente, "gradiente/data": data, "gradiente/lab": lab } = modules;
    const options: ts.CompilerOptions = {
      ...configured?.options,
      noUnusedLocals: false,
      noUnusedParameters: false,
      paths: { gradiente: [gradiente], "gradiente/data": [data], "gradiente/lab": [lab] },
    };
    const virtual = new Map([...files].map(([path, text]) => [root + path, text]));
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile, getSourceFile } = host;
    host.fileExists = (path) => virtual.has(path) || fileExists(path);
    host.readFile = (path) => virtual.get(path) ?? readFile(path);
    host.getSourceFile = (path, ...rest) => {
      const text = virtual.get(path);
      return text === undefined ? getSourceFile(path, ...rest) : ts.createSourceFile(path, text, rest[0]);
    };
    this.program = ts.createProgram([...Object.values(modules), ...virtual.keys()], options, host);
    this.checker = this.program.getTypeChecker();
  }

  /** What a type check says of one of the files. */
  errors(path: string): string[] {
    const file = this.program.getSourceFile(root + path);
    if (file === undefined) return [`no file ${path}`];
    return [...this.program.getSyntacticDiagnostics(file), ...this.program.getSemanticDiagnostics(file)].map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, "\n"),
    );
  }

  /** The exports of a module that exist at run time. */
  describe(module: keyof typeof modules): Map<string, Described> {
    const { checker } = this;
    const file = this.program.getSourceFile(modules[module]) as ts.SourceFile;
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(file) as ts.Symbol);
    const result = new Map<string, Described>();
    for (const symbol of exported) {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      if (target.flags & ts.SymbolFlags.Value) result.set(symbol.name, this.described(symbol.name, target, file));
    }
    return result;
  }

  private described(name: string, symbol: ts.Symbol, at: ts.Node): Described {
    const { checker } = this;
    const [call] = checker.getTypeOfSymbolAtLocation(symbol, at).getCallSignatures();
    const options = new Map<string, { optional: boolean }>();
    const defaults = new Map<string, string>();
    for (const declaration of symbol.declarations ?? []) collectDefaults(declaration, defaults);
    if (call === undefined) return { signature: null, options, defaults };
    const parameters = call.getParameters().map((parameter) => {
      const declaration = parameter.valueDeclaration as ts.ParameterDeclaration;
      const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, at));
      const isPattern = ts.isObjectBindingPattern(declaration.name);
      const isOptions = parameter.name === "options" || (isPattern && declaration.initializer !== undefined);
      if (isOptions) {
        for (const property of type.getProperties()) {
          options.set(property.name, { optional: (property.flags & ts.SymbolFlags.Optional) !== 0 });
          const [, stated] = STATED.exec(ts.displayPartsToString(property.getDocumentationComment(checker))) ?? [];
          if (stated !== undefined && !defaults.has(property.name)) defaults.set(property.name, stated.replaceAll("`", ""));
        }
      }
      const label = isOptions ? "options" : isPattern ? declaration.name.getText() : parameter.name;
      if (declaration.initializer === undefined) return declaration.questionToken === undefined ? label : `${label}?`;
      return isOptions || !isConstant(declaration.initializer) || ts.isCallExpression(declaration.initializer)
        ? `${label}?`
        : `${label} = ${declaration.initializer.getText()}`;
    });
    return { signature: `${name}(${parameters.join(", ")})`, options, defaults };
  }
}

/** A literal default in a docstring, for options whose default another function knows. */
const STATED = /\bdefault:? ("[^"]*"|`[^`]*`|-?\d(?:[\d.e-]*\d)?|true|false)/i;

/** A literal, or a call without arguments. */
const isConstant = (node: ts.Expression): boolean =>
  ts.isLiteralExpression(node) ||
  node.kind === ts.SyntaxKind.TrueKeyword ||
  node.kind === ts.SyntaxKind.FalseKeyword ||
  (ts.isPrefixUnaryExpression(node) && ts.isLiteralExpression(node.operand)) ||
  (ts.isCallExpression(node) && node.arguments.length === 0);

/** Defaults of parameters and of destructured options, the outermost first. */
function collectDefaults(node: ts.Node, into: Map<string, string>): void {
  if ((ts.isBindingElement(node) || ts.isParameter(node)) && node.initializer !== undefined && isConstant(node.initializer)) {
    const property = ts.isBindingElement(node) ? (node.propertyName ?? node.name) : node.name;
    const name = property.getText();
    if (!into.has(name)) into.set(name, node.initializer.getText());
  }
  ts.forEachChild(node, (child) => collectDefaults(child, into));
}
