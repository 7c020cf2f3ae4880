using System.CommandLine;

namespace Kedge.Commands;

/// <summary><c>kedge completion</c>: a script for the shell, which asks kedge itself what could come next.</summary>
static class CompletionCommand
{
    public static Command Create(Surroundings around)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a completion script: source <(kedge completion bash)") { shell };
        command.SetAction(parsed => around.Output.Write(parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }));
        return command;
    }

    const string Bash = """
        _kedge() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(kedge "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2> /dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _kedge kedge

        """;

    const string Zsh = """
        #compdef kedge
        _kedge() {
          local -a found
          found=("${(@f)$(kedge "[suggest:$CURSOR]" "$BUFFER" 2> /dev/null)}")
          compadd -a found
        }
        compdef _kedge kedge

        """;

    const string Fish = """
        complete -c kedge -a '(kedge "[suggest:"(commandline -C)"]" (commandline -cp | string collect) 2> /dev/null)'

        """;
}
