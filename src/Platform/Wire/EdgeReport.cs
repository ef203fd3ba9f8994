using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/edge/reports</c>: what the edge has applied, and its connections.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EdgeReport
{
    /// <summary>Revision of the feed in force.</summary>
    public required long Revision { get; init; }

    public required EdgeReportEpochs Epochs { get; init; }

    /// <summary>Serial of the platform certificate in use.</summary>
    public required string Serial { get; init; }

    public required string Version { get; init; }

    /// <summary>The port that clients dial for SNI traffic; agents receive it.</summary>
    public required int SniPublicPort { get; init; }

    /// <summary>The port of the CONNECT ingress; null: it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ConnectPublicPort { get; init; }

    public required IReadOnlyList<EdgeReportAgent> Agents { get; init; }

    /// <summary>Open client connections by tunnel id.</summary>
    public required IReadOnlyDictionary<string, int> ClientConnections { get; init; }

    /// <summary>The latest period without contact since the edge started, repeated in each report; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EdgeReportGrace? OfflineGrace { get; init; }

    /// <summary>This is the last report: the edge stops, and the service need not wait for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Leaving { get; init; }
}
