using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert completion</c>: a script for the shell, which calls this program for suggestions.</summary>
internal static class CompletionCommand
{
    // Each calls `culvert "[suggest:POSITION]" "LINE"`, which prints one word per line. It queries the service only where a
    // name is expected (NameCompletion).
    private const string Bash = """
        # bash: source <(culvert completion bash)
        _culvert() {
            local cur="${COMP_WORDS[COMP_CWORD]}"
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(culvert "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "$cur"))
        }
        complete -o default -F _culvert culvert
        """;

    private const string Zsh = """
        #compdef culvert
        # zsh: source <(culvert completion zsh), or save it as _culvert in a folder of $fpath
        _culvert() {
            local -a words_found
            words_found=("${(@f)$(culvert "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a words_found
            _files
        }
        compdef _culvert culvert
        """;

    private const string Fish = """
        # fish: culvert completion fish | source
        complete -c culvert -a '(culvert "[suggest:"(commandline -C)"]" (commandline -p | string collect) 2>/dev/null)'
        """;

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "completion",
            "print a shell completion script for this program's commands and the service's object names",
            Shell(verbs, "bash", Bash),
            Shell(verbs, "zsh", Zsh),
            Shell(verbs, "fish", Fish)
        );

    private static Command Shell(VerbFactory verbs, string name, string script) =>
        verbs.Create(
            name,
            $"for {name}",
            (_, _) =>
                Task.FromResult(
                    CommandResult.Object(new JsonObject { ["shell"] = name, ["script"] = script }) with
                    {
                        Plain = script,
                    }
                )
        );
}
