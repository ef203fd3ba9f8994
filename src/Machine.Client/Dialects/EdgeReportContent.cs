using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Dialects;

/// <summary>The parts of a report that only the edge knows.</summary>
public sealed record EdgeReportContent
{
    /// <summary>The port that clients dial for SNI traffic.</summary>
    public required int SniPublicPort { get; init; }

    /// <summary>The port of the CONNECT ingress; null: the edge has none.</summary>
    public int? ConnectPublicPort { get; init; }

    public required IReadOnlyList<EdgeReportAgent> Agents { get; init; }

    /// <summary>Open client connections by tunnel id.</summary>
    public required IReadOnlyDictionary<string, int> ClientConnections { get; init; }

    /// <summary>The latest period without contact; null: none since the start.</summary>
    public EdgeReportGrace? OfflineGrace { get; init; }
}
