using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Identity.Service.Ids;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>An issuer on the wire.</summary>
internal sealed record IssuerDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; init; } = "federation_issuer";

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("issuer_url")]
    public required string IssuerUrl { get; init; }

    [JsonPropertyName("jwks")]
    public required JsonElement Jwks { get; init; }

    [JsonPropertyName("check_jti")]
    public required bool CheckJti { get; init; }

    [JsonPropertyName("max_jwt_lifetime_seconds")]
    public required int MaxJwtLifetimeSeconds { get; init; }

    [JsonPropertyName("allowed_targets")]
    public required IReadOnlyList<AllowedTargetDocument> AllowedTargets { get; init; }

    [JsonPropertyName("preset")]
    public required string? Preset { get; init; }

    [JsonPropertyName("tenancy")]
    public required string Tenancy { get; init; }

    [JsonPropertyName("replay_mode")]
    public required string ReplayMode { get; init; }

    [JsonPropertyName("replay_window_seconds")]
    public required int ReplayWindowSeconds { get; init; }

    [JsonPropertyName("algorithms")]
    public required IReadOnlyList<string> Algorithms { get; init; }

    [JsonPropertyName("types")]
    public required IReadOnlyList<string> Types { get; init; }

    [JsonPropertyName("single_audience")]
    public required bool SingleAudience { get; init; }

    [JsonPropertyName("allow_missing_kid")]
    public required bool AllowMissingKid { get; init; }

    [JsonPropertyName("allow_non_ascii")]
    public required bool AllowNonAscii { get; init; }

    [JsonPropertyName("caller_detail")]
    public required string CallerDetail { get; init; }

    /// <summary>Null = the installation's default.</summary>
    [JsonPropertyName("stale_ok_seconds")]
    public required int? StaleOkSeconds { get; init; }

    /// <summary>Null = the installation's default.</summary>
    [JsonPropertyName("hard_expiry_seconds")]
    public required int? HardExpirySeconds { get; init; }

    /// <summary>When polling of its keys was paused after too many failures; null if it is not.</summary>
    [JsonPropertyName("jwks_polling_disabled_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public DateTimeOffset? JwksPollingDisabledAt { get; init; }

    /// <summary>Null if nothing is killed.</summary>
    [JsonPropertyName("killed")]
    public required KilledDocument? Killed { get; init; }

    [JsonPropertyName("poll_status")]
    public required PollStatusDocument? PollStatus { get; init; }

    [JsonPropertyName("created_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("updated_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset UpdatedAt { get; init; }

    [JsonPropertyName("archived_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? ArchivedAt { get; init; }

    [JsonPropertyName("created_by_actor_id")]
    public required string CreatedBy { get; init; }

    [JsonPropertyName("updated_by_actor_id")]
    public required string UpdatedBy { get; init; }

    [JsonPropertyName("archived_by_actor_id")]
    public required string? ArchivedBy { get; init; }

    public static IssuerDocument Of(Issuer issuer, PollStatusDocument? poll, IssuerControl control)
    {
        using var jwks = JsonDocument.Parse(issuer.KeySource.ToJson());
        return new IssuerDocument
        {
            Id = issuer.Id.Value,
            Name = issuer.Name,
            IssuerUrl = issuer.Url,
            Jwks = jwks.RootElement.Clone(),
            CheckJti = issuer.CheckJti,
            MaxJwtLifetimeSeconds = issuer.MaxJwtLifetimeSeconds,
            AllowedTargets =
            [
                .. issuer.AllowedTargets.Select(target => new AllowedTargetDocument
                {
                    Cidr = target.Network.ToString(),
                    Port = target.Port,
                }),
            ],
            Preset = issuer.Preset,
            Tenancy = WireNames.Of(issuer.Tenancy),
            ReplayMode = WireNames.Of(issuer.ReplayMode),
            ReplayWindowSeconds = issuer.ReplayWindowSeconds,
            Algorithms = AlgorithmNames.Of(issuer.Algorithms),
            Types = issuer.Types,
            SingleAudience = issuer.SingleAudience,
            AllowMissingKid = issuer.AllowMissingKid,
            AllowNonAscii = issuer.AllowNonAscii,
            CallerDetail = WireNames.Of(issuer.CallerDetail),
            StaleOkSeconds = issuer.StaleOkSeconds,
            HardExpirySeconds = issuer.HardExpirySeconds,
            JwksPollingDisabledAt = control.PausedAt,
            Killed = KilledDocument.Of(control.Kill),
            PollStatus = poll,
            CreatedAt = issuer.Stamps.CreatedAt,
            UpdatedAt = issuer.Stamps.UpdatedAt,
            ArchivedAt = issuer.Stamps.ArchivedAt,
            CreatedBy = issuer.Stamps.CreatedBy,
            UpdatedBy = issuer.Stamps.UpdatedBy,
            ArchivedBy = issuer.Stamps.ArchivedBy,
        };
    }
}
