using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>A new version of a route's policy.</summary>
internal sealed record DraftRoutePolicyRequest
{
    public const int MaxComment = 1000;

    /// <summary>Of the route: the tunnel's domain, or one label under it.</summary>
    [JsonPropertyName("hostname")]
    public required string Hostname { get; init; }

    /// <summary>What a file would have under <c>policy</c>, in YAML. It must have <c>mode</c>.</summary>
    [JsonPropertyName("text")]
    public required string Text { get; init; }

    /// <summary>For the person who reviews it.</summary>
    [JsonPropertyName("comment")]
    public string? Comment { get; init; }
}
