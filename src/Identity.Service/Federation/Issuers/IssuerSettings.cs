using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>The settings that creation and update share. Absent = the default, or unchanged.</summary>
internal abstract record IssuerSettings
{
    /// <summary>Absent = discovery.</summary>
    [JsonPropertyName("jwks")]
    public JsonElement? Jwks { get; init; }

    [JsonPropertyName("check_jti")]
    public bool? CheckJti { get; init; }

    [JsonPropertyName("max_jwt_lifetime_seconds")]
    public int? MaxJwtLifetimeSeconds { get; init; }

    [JsonPropertyName("allowed_targets")]
    public IReadOnlyList<AllowedTargetDocument>? AllowedTargets { get; init; }

    /// <summary>Null = none.</summary>
    [JsonPropertyName("preset")]
    public Optional<string?> Preset { get; init; }

    [JsonPropertyName("tenancy")]
    public string? Tenancy { get; init; }

    [JsonPropertyName("replay_mode")]
    public string? ReplayMode { get; init; }

    [JsonPropertyName("replay_window_seconds")]
    public int? ReplayWindowSeconds { get; init; }

    [JsonPropertyName("algorithms")]
    public IReadOnlyList<string>? Algorithms { get; init; }

    [JsonPropertyName("types")]
    public IReadOnlyList<string>? Types { get; init; }

    [JsonPropertyName("single_audience")]
    public bool? SingleAudience { get; init; }

    [JsonPropertyName("allow_missing_kid")]
    public bool? AllowMissingKid { get; init; }

    [JsonPropertyName("allow_non_ascii")]
    public bool? AllowNonAscii { get; init; }

    [JsonPropertyName("caller_detail")]
    public string? CallerDetail { get; init; }

    /// <summary>Null = the installation's default.</summary>
    [JsonPropertyName("stale_ok_seconds")]
    public Optional<int?> StaleOkSeconds { get; init; }

    /// <summary>Null = the installation's default.</summary>
    [JsonPropertyName("hard_expiry_seconds")]
    public Optional<int?> HardExpirySeconds { get; init; }
}
