using System.Text.Json;
using Culvert.Tunnel.Agent.Pins;

namespace Culvert.Tunnel.Agent.Upstreams.Crawling;

/// <summary>What a server listed.</summary>
/// <param name="Entries">In its order; as far as it was read.</param>
/// <param name="Problem">Why it was not read to its end; null: it was.</param>
/// <param name="Ttl">How long the server says that it holds; null: it does not say.</param>
internal sealed record CrawlResult(
    IReadOnlyList<(PinKey Key, JsonElement Entry)> Entries,
    string? Problem,
    TimeSpan? Ttl
);
