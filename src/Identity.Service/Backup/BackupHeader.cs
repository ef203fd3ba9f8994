using System.Text.Json.Serialization;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Backup;

/// <summary>The first line of a backup: its origin, and what it lacks.</summary>
/// <param name="Migrations">
/// The applied migrations: the database is created with these before the rows are inserted.
/// </param>
/// <param name="Tables">Referenced tables come first.</param>
/// <param name="Chains">The end of each node's audit chain.</param>
/// <param name="SealingKeys">The versions of the sealing key that the secrets need. Never the key.</param>
/// <param name="HsmObjects">Keys that exist only in the HSM.</param>
internal sealed record BackupHeader(
    [property: JsonPropertyName("format")] string Format,
    [property: JsonPropertyName("version")] int Version,
    [property: JsonPropertyName("made_at")] DateTimeOffset MadeAt,
    [property: JsonPropertyName("program")] string Program,
    [property: JsonPropertyName("installation_id")] string InstallationId,
    [property: JsonPropertyName("public_url")] string PublicUrl,
    [property: JsonPropertyName("trust_domain")] string TrustDomain,
    [property: JsonPropertyName("migrations")] IReadOnlyList<string> Migrations,
    [property: JsonPropertyName("tables")] IReadOnlyList<BackupTable> Tables,
    [property: JsonPropertyName("chains")] IReadOnlyList<BackupChain> Chains,
    [property: JsonPropertyName("sealing_keys")] IReadOnlyList<BackupSealingKey> SealingKeys,
    [property: JsonPropertyName("hsm_objects")] IReadOnlyList<BackupHsmObject> HsmObjects
)
{
    public const string FormatName = "culvert-backup";

    public const int FormatVersion = 1;
}
