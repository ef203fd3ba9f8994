using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams.Compose;

/// <summary>An upstream inside the agent: an MCP server whose tools call tools of other routes.</summary>
internal sealed record ComposeSettings : UpstreamSettings
{
    public required string Path { get; init; }

    public required IReadOnlyList<ComposedTool> Tools { get; init; }

    public override string Address => $"compose: {Tools.Count} tools";

    public override IReadOnlyCollection<string> Members =>
        [.. Tools.SelectMany(t => t.Steps).Select(s => s.Route).Distinct()];

    public override bool ReadsClaims => Tools.Any(t => t.Claims.Any());
}
