using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>The active version of a route's policy, for agents whose configuration takes it from the service.</summary>
public sealed record AgentFeedPolicy
{
    /// <summary>Of the route: the tunnel's domain, or one label under it.</summary>
    [JsonPropertyName("hostname")]
    public required string Hostname { get; init; }

    /// <summary><c>pol_…</c>.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("version")]
    public required long Version { get; init; }

    /// <summary>SHA-256 of the text in UTF-8, in lower-case hexadecimal.</summary>
    [JsonPropertyName("digest")]
    public required string Digest { get; init; }

    /// <summary>What a file would have under <c>policy</c>, in YAML.</summary>
    [JsonPropertyName("text")]
    public required string Text { get; init; }
}
