using System.Text.Json.Serialization;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Backup;

/// <summary>The first line of a backup: its origin, and what it lacks.</summary>
internal sealed record BackupHeader
{
    public const string FormatName = "culvert-backup";
    public const int FormatVersion = 1;

    [JsonPropertyName("format")]
    public required string Format { get; init; }

    [JsonPropertyName("version")]
    public required int Version { get; init; }

    [JsonPropertyName("made_at")]
    public required DateTimeOffset MadeAt { get; init; }

    [JsonPropertyName("program")]
    public required string Program { get; init; }

    [JsonPropertyName("installation_id")]
    public required string InstallationId { get; init; }

    [JsonPropertyName("public_url")]
    public required string PublicUrl { get; init; }

    [JsonPropertyName("trust_domain")]
    public required string TrustDomain { get; init; }

    /// <summary>The applied migrations: the database is created with these before the rows are inserted.</summary>
    [JsonPropertyName("migrations")]
    public required IReadOnlyList<string> Migrations { get; init; }

    /// <summary>Referenced tables come first.</summary>
    [JsonPropertyName("tables")]
    public required IReadOnlyList<BackupTable> Tables { get; init; }

    /// <summary>The end of each node's audit chain.</summary>
    [JsonPropertyName("chains")]
    public required IReadOnlyList<BackupChain> Chains { get; init; }

    /// <summary>The versions of the sealing key that the secrets need. Never the key.</summary>
    [JsonPropertyName("sealing_keys")]
    public required IReadOnlyList<BackupSealingKey> SealingKeys { get; init; }

    /// <summary>Keys that exist only in the HSM.</summary>
    [JsonPropertyName("hsm_objects")]
    public required IReadOnlyList<BackupHsmObject> HsmObjects { get; init; }
}
