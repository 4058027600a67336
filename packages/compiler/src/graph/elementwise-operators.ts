// Operators that treat every element alike, by how many arrays they take.
export const UNARY: ReadonlySet<string> = new Set([
  'Abs',
  'Cast',
  'Ceil',
  'Cos',
  'Elu',
  'Erf',
  'Exp',
  'Floor',
  'HardSigmoid',
  'LeakyRelu',
  'Log',
  'Neg',
  'Not',
  'Reciprocal',
  'Relu',
  'Round',
  'Selu',
  'Sigmoid',
  'Sign',
  'Sin',
  'Sqrt',
  'Tanh',
])

export const BINARY: ReadonlySet<string> = new Set([
  'Add',
  'And',
  'Div',
  'Equal',
  'Greater',
  'GreaterOrEqual',
  'Less',
  'LessOrEqual',
  'Max',
  'Min',
  'Mul',
  'Or',
  'Pow',
  'Sub',
])

/** All of them: a transpose may come before or after. */
export const ELEMENTWISE: ReadonlySet<string> = new Set([...UNARY, ...BINARY, 'Where'])

/** From so many elements on, ONNX Runtime's CPU makes several fast passes sooner than one slow one. */
export const MANY = 16_384

/** The steepest line of HardSigmoid, which makes of it a step between 0 and 1 for all normal numbers. */
export const STEEP = 3.4e38
