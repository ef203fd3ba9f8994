using System.CommandLine;
using Culvert.Identity.Cli;
using Culvert.Identity.Service.Commands;
using Culvert.Stage.Commands;
using Culvert.Tunnel.Agent.Commands;
using Culvert.Tunnel.Edge.Commands;

namespace Culvert.Documentation.Tests.CommandLines;

/// <summary>The programs' own parsers; of the scripts, their usage.</summary>
internal static class ProgramParsers
{
    /// <returns>What the program would object to; empty = it understands.</returns>
    public static IReadOnlyList<string> Check(ProgramCall call) =>
        call.Program switch
        {
            "./quickstart" => CheckQuickstart(call.Arguments),
            "./test" => ScriptUsage.Test.Check(call.Arguments),
            "./bench" => ScriptUsage.Bench.Check(call.Arguments),
            "./release" => ScriptUsage.Release.Check(call.Arguments),
            _ => Check(RootOf(call.Program), call),
        };

    /// <summary>The commands of a program.</summary>
    public static RootCommand RootOf(string program) =>
        program switch
        {
            "culvert" => CulvertCommand.Describe(),
            "tunnel-agent" => AgentCommand.Create(),
            "tunnel-edge" => EdgeCommand.Create(),
            "identity-service" => ServiceCommand.Create(),
            _ => throw new ArgumentOutOfRangeException(nameof(program), program, "no program of ours"),
        };

    private static IReadOnlyList<string> Check(RootCommand root, ProgramCall call)
    {
        // A variable fits wherever a number does.
        var words = call.Arguments.Select(word =>
            word.StartsWith('$') && !word.StartsWith("$(", StringComparison.Ordinal) ? "1" : word
        );
        var parsed = root.Parse([.. words], new ParserConfiguration { ResponseFileTokenReplacer = null });
        return
        [
            .. parsed.Errors.Select(error => error.Message),
            .. parsed.Errors.Count == 0 && parsed.CommandResult.Command.Subcommands.Count > 0 && !IsHelp(call)
                ? ["a command is missing"]
                : Array.Empty<string>(),
        ];
    }

    private static bool IsHelp(ProgramCall call) => call.Arguments.Any(word => word is "--help" or "-h" or "--version");

    private static IReadOnlyList<string> CheckQuickstart(IReadOnlyList<string> arguments) =>
        arguments is ["help"] || StageCommandLine.Parse(arguments, out var reason) is not null ? [] : [reason];
}
