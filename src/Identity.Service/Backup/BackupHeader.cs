using System.Text.Json.Serialization;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Backup;

/// <summary>The first line of a backup: what it is of, and what it lacks.</summary>
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

    /// <summary>The program that wrote it.</summary>
    [JsonPropertyName("program")]
    public required string Program { get; init; }

    [JsonPropertyName("installation_id")]
    public required string InstallationId { get; init; }

    [JsonPropertyName("public_url")]
    public required string PublicUrl { get; init; }

    [JsonPropertyName("trust_domain")]
    public required string TrustDomain { get; init; }

    /// <summary>Applied migrations: the database is made as of these before rows go in.</summary>
    [JsonPropertyName("migrations")]
    public required IReadOnlyList<string> Migrations { get; init; }

    /// <summary>Referenced tables before those that refer to them.</summary>
    [JsonPropertyName("tables")]
    public required IReadOnlyList<BackupTable> Tables { get; init; }

    /// <summary>Where each node's audit chain stood.</summary>
    [JsonPropertyName("chains")]
    public required IReadOnlyList<BackupChain> Chains { get; init; }

    /// <summary>The sealing key's versions that its secrets need. Never the key.</summary>
    [JsonPropertyName("sealing_keys")]
    public required IReadOnlyList<BackupSealingKey> SealingKeys { get; init; }

    /// <summary>Keys that are in the HSM alone.</summary>
    [JsonPropertyName("hsm_objects")]
    public required IReadOnlyList<BackupHsmObject> HsmObjects { get; init; }
}
