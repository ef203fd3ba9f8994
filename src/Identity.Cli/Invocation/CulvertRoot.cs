using System.CommandLine;
using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Invocation;

/// <summary>The root of the command tree, through which completion, which sees only a line, calls the service.</summary>
internal sealed class CulvertRoot(GlobalOptions global, CliHost host)
    : RootCommand("Culvert's command line for operators: tunnels, certificate authorities, federation.")
{
    /// <summary>Creates the context of the line's command. It writes nothing to the terminal.</summary>
    public CommandContext CreateQuietContext(ParseResult parse) =>
        new(parse, global, host with { Error = TextWriter.Null });

    public TimeProvider Time => host.Time;
}
