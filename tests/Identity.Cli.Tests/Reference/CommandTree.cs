using System.CommandLine;
using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Tests.Reference;

/// <summary>The program's commands, without a process around them.</summary>
internal static class CommandTree
{
    public static RootCommand Root() =>
        CulvertCommand.Describe(
            new CliHost
            {
                Variable = _ => null,
                Out = TextWriter.Null,
                Error = TextWriter.Null,
                In = TextReader.Null,
                CanAsk = false,
                OutputWidth = null,
                Time = TimeProvider.System,
            }
        );
}
