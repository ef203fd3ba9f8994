using System.CommandLine;
using System.CommandLine.Parsing;

namespace Culvert.Identity.Cli.Commands;

/// <summary>Flags and arguments that name files. An empty name (an unset <c>"$CHAIN"</c>) is refused first.</summary>
internal static class PathArguments
{
    private static readonly string[] Values = ["FILE", "DIR", "EXPORT"];

    public static void RefuseEmpty(Command command)
    {
        foreach (var option in command.Options.Where(IsPath))
        {
            option.Validators.Add(result => Refuse(result, option.Name));
        }

        foreach (var argument in command.Arguments.Where(argument => Values.Contains(argument.Name)))
        {
            argument.Validators.Add(result => Refuse(result, argument.Name));
        }

        foreach (var subcommand in command.Subcommands)
        {
            RefuseEmpty(subcommand);
        }
    }

    public static bool IsPath(Option option) => Values.Contains(option.HelpName);

    private static void Refuse(SymbolResult result, string name)
    {
        if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
        {
            result.AddError($"{name}: the file name is empty");
        }
    }
}
