using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A period without contact to the service, served by the last feed (S10). By the edge's clock.</summary>
/// <param name="LastContact">When the service last answered before the period: no newer state was known.</param>
/// <param name="From">When the edge noticed the outage, or started.</param>
/// <param name="To">When the service answered again, or the grace expired.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EdgeReportGrace(DateTimeOffset LastContact, DateTimeOffset From, DateTimeOffset To);
