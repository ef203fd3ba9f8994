using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Dialects;

/// <summary>What an edge adds to its report: the parts that only it knows.</summary>
public sealed record EdgeReportContent
{
    /// <summary>The port that clients dial for SNI traffic.</summary>
    public required int SniPublicPort { get; init; }

    /// <summary>The same of the CONNECT ingress; null = it has none.</summary>
    public int? ConnectPublicPort { get; init; }

    public required IReadOnlyList<EdgeReportAgent> Agents { get; init; }

    /// <summary>Open client connections by tunnel id.</summary>
    public required IReadOnlyDictionary<string, int> ClientConnections { get; init; }

    /// <summary>The newest time without contact; null = there was none since the start.</summary>
    public EdgeReportGrace? OfflineGrace { get; init; }
}
