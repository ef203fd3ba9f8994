using System.Text.Json.Serialization;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>One issuer's last good keys, as <see cref="IssuerKeyFile"/> stores them.</summary>
internal sealed record StoredKeys
{
    /// <summary>When the fetch of these keys began: their age counts from here, across restarts.</summary>
    public required DateTimeOffset FetchedAt { get; init; }

    public required string KeySet { get; init; }

    /// <summary>Thumbprints of the keys that have verified a signature.</summary>
    public required IReadOnlyList<string> Proven { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Dictionary<string, StoredKeys>))]
internal sealed partial class StoredKeysJson : JsonSerializerContext;
