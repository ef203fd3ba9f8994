using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create(VerbFactory verbs) =>
        verbs.Create(
            "version",
            "this program's version",
            (_, _) =>
                Task.FromResult(
                    CommandResult.Object(new JsonObject { ["id"] = "culvert", ["version"] = ProgramVersion.Text }) with
                    {
                        Plain = $"culvert {ProgramVersion.Text}",
                    }
                )
        );
}
