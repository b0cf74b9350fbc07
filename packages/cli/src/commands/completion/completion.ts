import type { Command } from 'commander'
import { CliError } from '../../cli-error.ts'
import type { CommandContext } from '../../command-context.ts'
import { candidates } from './candidates.ts'

const helpText = `
bash: echo 'source <(odradek completion bash)' >> ~/.bashrc
zsh:  echo 'source <(odradek completion zsh)' >> ~/.zshrc    (behind compinit)
fish: odradek completion fish > ~/.config/fish/completions/odradek.fish`

/** `odradek completion bash`: what a shell runs to complete commands, options, topics, groups. */
export function defineCompletion(command: Command, context: CommandContext): void {
  command
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText('after', helpText)
    .action(async (shell: string) => {
      const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined
      if (script === undefined) {
        throw new CliError(
          'INVALID_OPTION',
          `there is completion for ${Object.keys(scripts).join(', ')}, not for "${shell}"`,
        )
      }
      await context.terminal.write(script)
    })
}

/**
 * `odradek complete WORD...`: what the scripts ask. A candidate a line, behind a tab what it does; the line `:files` where the shell is to offer names of
 * files as well.
 */
export function defineComplete(command: Command, context: CommandContext): void {
  command.argument('[word...]').action(async (given: string[]) => {
    const { words, files = false } = await candidates(given, context)
    const lines = words.map(({ word, description }) => (description === undefined ? word : `${word}\t${description}`))
    for (const line of files ? [...lines, ':files'] : lines) await context.terminal.write(`${line}\n`)
  })
}

const scripts: Readonly<Record<string, string>> = {
  // bash breaks words at : and =, and replaces only what is behind them.
  bash: `# Completion of odradek for bash.
_odradek() {
  local IFS=$'\\n' word line typed glued= last=-1
  local -a words=() found=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ $last -ge 0 && ( $word == [:=]* || $glued == yes ) ]]; then
      words[$last]+=$word
    else
      words+=("$word"); last=$((last + 1))
    fi
    if [[ $word == *[:=] ]]; then glued=yes; else glued=; fi
  done
  typed=\${words[$last]}
  COMPREPLY=()
  found=($(odradek complete -- "\${words[@]}" 2>/dev/null))
  for line in "\${found[@]}"; do
    if [[ $line == :files ]]; then
      compopt -o default 2>/dev/null || COMPREPLY+=($(compgen -f -- "$typed"))
      continue
    fi
    word=\${line%%$'\\t'*}
    if [[ $word == *= ]]; then compopt -o nospace 2>/dev/null; fi
    if [[ $typed == *[:=]* && $COMP_WORDBREAKS == *[:=]* ]]; then word=\${word#"\${typed%"\${typed##*[:=]}"}"}; fi
    COMPREPLY+=("$word")
  done
}
complete -F _odradek odradek
`,
  zsh: `#compdef odradek
# Completion of odradek for zsh.
_odradek() {
  local line
  local -a found described open
  found=("\${(@f)$(odradek complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $found; do
    [[ $line == :files ]] && continue
    local word=\${line%%$'\\t'*} text=
    [[ $line == *$'\\t'* ]] && text=:\${line#*$'\\t'}
    if [[ $word == *= ]]; then open+=("\${word//:/\\\\:}$text"); else described+=("\${word//:/\\\\:}$text"); fi
  done
  (( $#described )) && _describe -t words odradek described
  (( $#open )) && _describe -t words odradek open -S ''
  (( \${found[(Ie):files]} )) && _files
}
compdef _odradek odradek
`,
  fish: `# Completion of odradek for fish.
function __odradek_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in (odradek complete -- $words[2..-1] 2>/dev/null)
    if test "$line" = :files
      __fish_complete_path (commandline -ct)
    else
      printf '%s\\n' $line
    end
  end
end
complete -c odradek -f -a '(__odradek_complete)'
`,
}
