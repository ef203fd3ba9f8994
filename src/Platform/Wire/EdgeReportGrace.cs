using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A period without contact to the service, served by the last feed (S10). By the edge's clock.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EdgeReportGrace
{
    /// <summary>When the service last answered before the period: no newer state was known.</summary>
    public required DateTimeOffset LastContact { get; init; }

    /// <summary>When the edge noticed the outage, or started.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>When the service answered again, or the grace expired.</summary>
    public required DateTimeOffset To { get; init; }
}
