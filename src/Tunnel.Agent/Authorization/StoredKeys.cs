using System.Text.Json.Serialization;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>One issuer's last good keys, as <see cref="IssuerKeyFile"/> keeps them.</summary>
internal sealed record StoredKeys
{
    /// <summary>When the fetch began that brought them: their age counts from here, restarts or not.</summary>
    public required DateTimeOffset FetchedAt { get; init; }

    /// <summary>The document, as it came.</summary>
    public required string KeySet { get; init; }

    /// <summary>Thumbprints of the keys whose signatures were seen to hold.</summary>
    public required IReadOnlyList<string> Proven { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Dictionary<string, StoredKeys>))]
internal sealed partial class StoredKeysJson : JsonSerializerContext;
