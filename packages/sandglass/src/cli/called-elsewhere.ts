/** What options of ours are called in other programs: unknown options that mean one of them are told its name. */
export const calledElsewhere: Readonly<Record<string, readonly string[]>> = {
  dataset: ['data', 'input', 'file', 'csv'],
  'data-dir': ['data-path', 'data-folder', 'root'],
  epochs: ['epoch', 'n-epochs', 'num-epochs', 'max-epochs'],
  'batch-size': ['bs', 'batch'],
  optimizer: ['optim', 'opt'],
  'learning-rate': ['lr', 'rate', 'eta'],
  samples: ['limit', 'subset'],
  metric: ['metrics'],
  backend: ['device', 'engine', 'accelerator'],
  seed: ['random-seed', 'random-state'],
  out: ['o', 'output', 'output-dir', 'log-dir', 'save-to'],
  split: ['part'],
  size: ['n', 'num-samples', 'count'],
  function: ['fn', 'name'],
  plugin: ['plugins', 'module', 'require', 'import'],
  help: ['usage'],
}
