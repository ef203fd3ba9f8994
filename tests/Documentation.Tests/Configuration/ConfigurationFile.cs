using System.Text.Json.Nodes;
using Culvert.Documentation.Tests.Samples;
using Culvert.Identity.Cli.Invocation;
using Culvert.Platform.Configuration;

namespace Culvert.Documentation.Tests.Configuration;

/// <summary>A configuration file of a program.</summary>
/// <param name="Program">Who reads it.</param>
/// <param name="Heading">Of its part of the page.</param>
/// <param name="Keys">What its keys mean.</param>
internal sealed record ConfigurationFile(string Program, string Heading, ConfigKeys Keys)
{
    public static readonly IReadOnlyList<ConfigurationFile> All =
    [
        new("identity-service", "Service: identity-service.yaml", Identity.Service.Commands.RunCommand.DescribeKeys()),
        new("tunnel-edge", "Edge: edge.yaml", Tunnel.Edge.Commands.RunCommand.DescribeKeys()),
        new("tunnel-agent", "Agent: agent.yaml", Tunnel.Agent.Commands.RunCommand.DescribeKeys()),
        new("culvert", "Command line: cli.yaml", CliProfiles.DescribeKeys()),
    ];

    /// <summary>As the program prints it.</summary>
    public async Task<string> ReadSchemaAsync() =>
        Program == "culvert"
            ? CliProfiles.DescribeSchema()
            : (await BuiltProgram.RunAsync(Program, ["config", "schema"], CancellationToken.None)).Output;

    public async Task<IReadOnlyList<ReferenceKey>> ReadKeysAsync() =>
        [.. ReferenceKey.FindAll((JsonObject)JsonNode.Parse(await ReadSchemaAsync())!)];

    // The theories print it.
    public override string ToString() => Program;
}
