using System.CommandLine;
using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Invocation;

/// <summary>The root of the command tree. Completion reaches the service through it: of a line, it sees nothing else.</summary>
internal sealed class CulvertRoot(GlobalOptions global, CliHost host)
    : RootCommand("Culvert's command line for operators: tunnels, certificate authorities, federation.")
{
    /// <summary>What a command would work with that this line begins. Nothing is written to the terminal.</summary>
    public CommandContext CreateQuietContext(ParseResult parse) =>
        new(parse, global, host with { Error = TextWriter.Null });

    public TimeProvider Time => host.Time;
}
