using System.Text.Json.Serialization;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>One issuer's last good keys, as <see cref="IssuerKeyFile"/> stores them.</summary>
/// <param name="FetchedAt">When the fetch of these keys began: their age counts from here, across restarts.</param>
/// <param name="Proven">Thumbprints of the keys that have verified a signature.</param>
internal sealed record StoredKeys(DateTimeOffset FetchedAt, string KeySet, IReadOnlyList<string> Proven);

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(Dictionary<string, StoredKeys>))]
internal sealed partial class StoredKeysJson : JsonSerializerContext;
