/**
 * Whether an import failed because this package was not found, rather than a file that it wants or for a reason of its
 * own. Node, bundlers and browsers all quote the package's name, each in their words.
 */
export function isMissingPackage(error: unknown, name: string): boolean {
  if (!(error instanceof Error)) return false
  const line = error.message.split('\n')[0]!
  return WORDS.test(line) && new RegExp(`['"“‘\`]${name}['"”’\`/]`).test(line)
}

const WORDS =
  /^(Cannot find|Could not resolve|Failed to resolve|Module name, .* does not resolve|The specifier .* was a bare specifier)/
