using System.CommandLine;
using Culvert.Identity.Cli.Invocation;

namespace Culvert.Identity.Cli.Commands;

internal sealed class VerbFactory(Func<ParseResult, Verb, CancellationToken, Task<int>> run)
{
    /// <summary>The verbs that end something or take it back.</summary>
    internal static readonly HashSet<string> Ending = new(StringComparer.Ordinal)
    {
        "archive",
        "delete",
        "drain",
        "reject",
        "remove",
        "retire",
        "revoke",
        "rollback",
        "rotate",
        "suspend",
        "taint",
        "withdraw",
    };

    public Command Create(string name, string description, Verb verb, params ReadOnlySpan<Symbol> symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)symbol);
            }
        }

        // Scripts pass --yes to these verbs. Commands that do not ask, because they can be undone, accept it too.
        if (Ending.Contains(name) && command.Options.All(option => option.Name != Flags.YesName))
        {
            var yes = Flags.Yes();
            yes.Hidden = true;
            command.Options.Add(yes);
        }

        command.SetAction((parse, cancel) => run(parse, verb, cancel));
        return command;
    }

    public static Command Group(string name, string description, params ReadOnlySpan<Command> verbs)
    {
        var group = new Command(name, description);
        foreach (var verb in verbs)
        {
            group.Subcommands.Add(verb);
        }

        return group;
    }
}
