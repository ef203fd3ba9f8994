using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Identity.Service.Ids;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>An issuer on the wire.</summary>
internal sealed record IssuerDocument
{
    public required string Id { get; init; }

    public string Type { get; init; } = "federation_issuer";

    public required string Name { get; init; }

    public required string IssuerUrl { get; init; }

    public required JsonElement Jwks { get; init; }

    public required bool CheckJti { get; init; }

    public required int MaxJwtLifetimeSeconds { get; init; }

    public required IReadOnlyList<AllowedTargetDocument> AllowedTargets { get; init; }

    public required string? Preset { get; init; }

    public required string Tenancy { get; init; }

    public required string ReplayMode { get; init; }

    public required int ReplayWindowSeconds { get; init; }

    public required IReadOnlyList<string> Algorithms { get; init; }

    public required IReadOnlyList<string> Types { get; init; }

    public required bool SingleAudience { get; init; }

    public required bool AllowMissingKid { get; init; }

    public required bool AllowNonAscii { get; init; }

    public required string CallerDetail { get; init; }

    /// <summary>Null = the installation's default.</summary>
    public required int? StaleOkSeconds { get; init; }

    /// <summary>Null = the installation's default.</summary>
    public required int? HardExpirySeconds { get; init; }

    /// <summary>When polling of its keys was paused after too many failures; null if it is not.</summary>
    [JsonConverter(typeof(UtcTimeConverter))]
    public DateTimeOffset? JwksPollingDisabledAt { get; init; }

    /// <summary>Null if nothing is killed.</summary>
    public required KilledDocument? Killed { get; init; }

    public required PollStatusDocument? PollStatus { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset UpdatedAt { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? ArchivedAt { get; init; }

    [JsonPropertyName("created_by_actor_id")]
    public required string CreatedBy { get; init; }

    [JsonPropertyName("updated_by_actor_id")]
    public required string UpdatedBy { get; init; }

    [JsonPropertyName("archived_by_actor_id")]
    public required string? ArchivedBy { get; init; }

    public static IssuerDocument From(Issuer issuer, PollStatusDocument? poll, IssuerControl control)
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
                .. issuer.AllowedTargets.Select(target => new AllowedTargetDocument(
                    Cidr: target.Network.ToString(),
                    Port: target.Port
                )),
            ],
            Preset = issuer.Preset,
            Tenancy = WireNames.Get(issuer.Tenancy),
            ReplayMode = WireNames.Get(issuer.ReplayMode),
            ReplayWindowSeconds = issuer.ReplayWindowSeconds,
            Algorithms = AlgorithmNames.GetNames(issuer.Algorithms),
            Types = issuer.Types,
            SingleAudience = issuer.SingleAudience,
            AllowMissingKid = issuer.AllowMissingKid,
            AllowNonAscii = issuer.AllowNonAscii,
            CallerDetail = WireNames.Get(issuer.CallerDetail),
            StaleOkSeconds = issuer.StaleOkSeconds,
            HardExpirySeconds = issuer.HardExpirySeconds,
            JwksPollingDisabledAt = control.PausedAt,
            Killed = KilledDocument.From(control.Kill),
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
