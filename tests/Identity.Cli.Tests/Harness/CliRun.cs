using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Tests.Harness;

/// <summary>What one run of the program left behind.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    public JsonNode Json => JsonNode.Parse(Out)!;
}
