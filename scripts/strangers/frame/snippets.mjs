// The code of a README, word for word. A block of TypeScript is a program; one whose fence says `ts continues` goes on
// from the block before it. A block of shell commands that installs something is how one gets there.

const BLOCK = /^```(\w*)( continues)?\n([\s\S]*?)^```$/gm

/** The programs of a Markdown text, in order. */
export function programsIn(markdown) {
  const programs = []
  for (const [, language, continues, code] of markdown.matchAll(BLOCK)) {
    if (language !== 'ts') continue
    if (continues) programs[programs.length - 1] += `\n${code}`
    else programs.push(code)
  }
  return programs
}

/** The commands of its first shell block that installs. */
export function installIn(markdown) {
  for (const [, language, , code] of markdown.matchAll(BLOCK))
    if (language === 'sh' && /^npm install /m.test(code)) return code.trim().split('\n')
  throw new Error('says in no block of sh what to install')
}
