using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Culvert.Identity.Cli.Invocation;

/// <summary>
/// The library's help, without the global flags that a flag of the command itself hides: <c>issuer create --url</c> is the
/// issuer's, and showing the service's as well would describe one flag in two ways. One that has a short form too can
/// still be given by that.
/// </summary>
internal sealed class HelpWithoutShadows(HelpAction help, GlobalOptions global) : SynchronousCommandLineAction
{
    /// <summary>Help is for lines that are not complete.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var own = parseResult.CommandResult.Command.Options.Select(option => option.Name).ToHashSet();
        var isRoot = parseResult.CommandResult.Command is RootCommand;
        foreach (
            var option in global.All.Where(option => !isRoot && option.Aliases.Count == 0 && own.Contains(option.Name))
        )
        {
            option.Hidden = true; // of this process, which ends with the help
        }

        return help.Invoke(parseResult);
    }
}
