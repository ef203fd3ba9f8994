using System.Text.Json;
using Culvert.Tunnel.Agent.Pins;

namespace Culvert.Tunnel.Agent.Upstreams.Crawling;

/// <param name="Entries">In the server's order, as far as they were read.</param>
/// <param name="Problem">Why the lists were not read completely; null if they were.</param>
/// <param name="Ttl">The lifetime that the server gives for its lists; null if it gives none.</param>
internal sealed record CrawlResult(
    IReadOnlyList<(PinKey Key, JsonElement Entry)> Entries,
    string? Problem,
    TimeSpan? Ttl
);
