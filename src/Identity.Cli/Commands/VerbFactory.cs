using System.CommandLine;

namespace Culvert.Identity.Cli.Commands;

/// <summary>Builds commands whose action runs through the one boundary that reports results and failures.</summary>
internal sealed class VerbFactory(Func<ParseResult, Verb, CancellationToken, Task<int>> run)
{
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

        command.SetAction((parse, cancel) => run(parse, verb, cancel));
        return command;
    }

    /// <summary>A noun, or a group below one: it does nothing without a verb.</summary>
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
