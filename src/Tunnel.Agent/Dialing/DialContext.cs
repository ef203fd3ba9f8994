using System.Collections.Frozen;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Dialing;

/// <summary>Identity and edges for dialling. Immutable, replaced whole; a dial uses the same one throughout.</summary>
internal sealed record DialContext
{
    public required KeyAndCertificate Certificate { get; init; }

    public required PlatformTrust Trust { get; init; }

    /// <summary>The edges of the agent's own feed; a peer with another id is refused (S6).</summary>
    public required IReadOnlyList<AgentFeedEdge> Edges { get; init; }

    public required RevokedSerialSet RevokedSerials { get; init; }

    private FrozenSet<string>? edgeIds;

    public bool IsOwnEdge(string edgeId) =>
        (edgeIds ??= Edges.Select(e => e.Id).ToFrozenSet(StringComparer.Ordinal)).Contains(edgeId);
}
