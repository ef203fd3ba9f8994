using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <summary>An upstream inside the agent: an MCP server whose tools call only the listed URLs.</summary>
internal sealed record CalloutSettings : UpstreamSettings
{
    public required string Path { get; init; }

    public required IReadOnlyList<CalloutTarget> Targets { get; init; }

    /// <summary>A PEM file with roots for targets, in addition to the system's; empty for none.</summary>
    public string CaBundle { get; init; } = "";

    public int MaxCalls { get; init; } = 64;

    public override string Address => $"callouts: {Targets.Count} targets";
}
