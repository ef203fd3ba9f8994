using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Culvert.Identity.Cli.Invocation;

/// <summary>
/// The library's help, without global flags that a flag of the command hides: <c>issuer create --url</c> is the issuer's. A
/// hidden flag's short form still works.
/// </summary>
internal sealed class HelpWithoutShadows(HelpAction help, GlobalOptions global) : SynchronousCommandLineAction
{
    /// <summary>Help also works for incomplete lines.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var own = parseResult.CommandResult.Command.Options.Select(option => option.Name).ToHashSet();
        var isRoot = parseResult.CommandResult.Command is RootCommand;
        foreach (
            var option in global.All.Where(option => !isRoot && option.Aliases.Count == 0 && own.Contains(option.Name))
        )
        {
            option.Hidden = true; // only in this process, which ends with the help
        }

        return help.Invoke(parseResult);
    }
}
