import type { Command } from 'commander'

/** The shells that {@link completionScript} knows. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

interface Flag {
  readonly long: string
  readonly short: string | undefined
  readonly description: string
  readonly choices: readonly string[]
}

interface VerbWords {
  readonly name: string
  readonly description: string
  readonly flags: readonly Flag[]
  /** What its arguments may be, where that is a closed list. */
  readonly values: readonly string[]
}

/** A script that teaches a shell the verbs and options of the program, as its own help has them. */
export function completionScript(program: Command, shell: Shell): string {
  const verbs = wordsOf(program)
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](verbs)
}

function wordsOf(program: Command): VerbWords[] {
  const global = flagsOf(program)
  return program.commands.map((verb) => ({
    name: verb.name(),
    description: verb.description(),
    values: verb.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    flags: [
      ...flagsOf(verb),
      ...global,
      { long: '--help', short: '-h', description: 'show help', choices: [] },
    ],
  }))
}

function flagsOf(command: Command): Flag[] {
  return command.options.flatMap(({ long, short, description, argChoices }) =>
    long === undefined || long === null
      ? []
      : [{ long, short: short ?? undefined, description, choices: argChoices ?? [] }],
  )
}

function bashScript(verbs: readonly VerbWords[]): string {
  const cases = verbs.map(
    ({ name, flags, values }) =>
      `    ${name}) words='${[...values, ...flags.map(({ long }) => long)].join(' ')}' ;;`,
  )
  const choices = choicesOf(verbs).map(([long, values]) => `    ${long}) words='${values.join(' ')}' ;;`)
  return `# longshore completion bash: add \`source <(longshore completion bash)\` to ~/.bashrc
_longshore() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} verb words=
  for verb in "\${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do [[ $verb == -* ]] || break; done
  case $COMP_CWORD:$verb in
    1:*) words='${verbs.map(({ name }) => name).join(' ')} --help --version' ;;
    *) case $verb in
${cases.map((line) => `  ${line}`).join('\n')}
    esac ;;
  esac
  case $before in
${choices.join('\n')}
    -c|--config) COMPREPLY=($(compgen -f -- "$word")); return ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _longshore longshore
`
}

function zshScript(verbs: readonly VerbWords[]): string {
  const described = verbs.map(({ name, description }) => `    ${quote(`${name}:${description}`)}`)
  const cases = verbs.map(({ name, flags, values }) => {
    const list = flags.map(({ long, description }) => quote(`${long}:${description}`)).join(' ')
    return `    ${name}) flags=(${list}); values=(${values.join(' ')}) ;;`
  })
  const choices = choicesOf(verbs).map(
    ([long, values]) => `    ${long}) compadd ${values.join(' ')}; return ;;`,
  )
  return `#compdef longshore
# longshore completion zsh: add \`source <(longshore completion zsh)\` to ~/.zshrc, after compinit
_longshore() {
  local -a verbs flags values
  verbs=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe verb verbs; return; fi
  case $words[CURRENT-1] in
${choices.join('\n')}
    -c|--config) _files; return ;;
  esac
  case $words[2] in
${cases.join('\n')}
  esac
  if [[ $words[CURRENT] == -* ]]; then _describe option flags; elif (( $#values )); then compadd $values; else _files; fi
}
compdef _longshore longshore
`
}

function fishScript(verbs: readonly VerbWords[]): string {
  const lines = verbs.flatMap(({ name, description, flags, values }) => [
    `complete -c longshore -n __fish_use_subcommand -f -a ${name} -d ${quote(description)}`,
    ...values.map((value) => `complete -c longshore -n '__fish_seen_subcommand_from ${name}' -f -a ${value}`),
    ...flags.map(({ long, short, description: text, choices }) => {
      const letter = short === undefined ? '' : ` -s ${short.slice(1)}`
      const values = choices.length === 0 ? '' : ` -x -a ${quote(choices.join(' '))}`
      return `complete -c longshore -n '__fish_seen_subcommand_from ${name}' -l ${long.slice(2)}${letter}${values} -d ${quote(text)}`
    }),
  ])
  const overall = ['help', 'version'].map(
    (flag) => `complete -c longshore -n __fish_use_subcommand -f -l ${flag}`,
  )
  return `# longshore completion fish: longshore completion fish > ~/.config/fish/completions/longshore.fish
${[...overall, ...lines].join('\n')}
`
}

function choicesOf(verbs: readonly VerbWords[]): [string, readonly string[]][] {
  const flags = verbs.flatMap(({ flags: all }) => all.filter(({ choices }) => choices.length > 0))
  return [...new Map(flags.map(({ long, choices }) => [long, choices]))]
}

/** In single quotes, which sh, zsh and fish read alike once a quote inside stands between double ones. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`
}
