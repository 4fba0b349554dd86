import { Argument, Command } from '../commander.js'
import { EXIT, type ExitCode } from '../exit-codes.js'

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const

/** `halyard completion`: a script that teaches a shell to complete our commands, options and values. */
export function completionCommand(exit: (code: ExitCode) => void): Command {
  return new Command('completion')
    .summary('print a script that completes commands and options in a shell')
    .description('Print a script that makes a shell complete commands, options and values of halyard.')
    .usage('SHELL')
    .addArgument(new Argument('<SHELL>', 'which shell').choices(SHELLS))
    .addHelpText('after', HELP)
    .action(async (shell: string) => {
      const { script } = await import('@bomb.sh/tab')
      script(shell, 'halyard', 'halyard')
      exit(EXIT.OK)
    })
}

const HELP = `
Examples:
  source <(halyard completion bash)      in ~/.bashrc; needs bash-completion
  source <(halyard completion zsh)       in ~/.zshrc, after compinit
  halyard completion fish > ~/.config/fish/completions/halyard.fish
  halyard completion powershell | Out-String | Invoke-Expression`
