using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Backup;

/// <param name="Version">As in the key file.</param>
/// <param name="Fingerprint">
/// SHA-256 of the key, lower-case hex: shows whether a copy is the right key, without revealing it.
/// </param>
/// <param name="Values">The number of secrets sealed with it.</param>
internal sealed record BackupSealingKey(
    [property: JsonPropertyName("version")] uint Version,
    [property: JsonPropertyName("sha256")] string Fingerprint,
    [property: JsonPropertyName("values")] long Values
);
