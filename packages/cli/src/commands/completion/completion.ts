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

/** `odradek complete WORD...`: what the scripts ask, a candidate a line. */
export function defineComplete(command: Command, context: CommandContext): void {
  command.argument('[word...]').action(async (words: string[]) => {
    for (const word of await candidates(words, context)) await context.terminal.write(`${word}\n`)
  })
}

const scripts: Readonly<Record<string, string>> = {
  bash: `# Completion of odradek for bash.
_odradek() {
  local IFS=$'\\n'
  COMPREPLY=($(odradek complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o default -F _odradek odradek
`,
  zsh: `#compdef odradek
# Completion of odradek for zsh.
_odradek() {
  local -a found
  found=("\${(@f)$(odradek complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then compadd -a found; else _files; fi
}
compdef _odradek odradek
`,
  fish: `# Completion of odradek for fish.
function __odradek_complete
  set -l words (commandline -opc) (commandline -ct)
  odradek complete -- $words[2..-1] 2>/dev/null
end
complete -c odradek -f -a '(__odradek_complete)'
complete -c odradek -s f -l file -r -F
complete -c odradek -l command-config -r -F
`,
}
