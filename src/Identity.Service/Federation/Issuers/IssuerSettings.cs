using System.Text.Json;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>The settings that creation and update share. Absent = the default, or unchanged.</summary>
internal abstract record IssuerSettings
{
    /// <summary>Absent = discovery.</summary>
    public JsonElement? Jwks { get; init; }

    public bool? CheckJti { get; init; }

    public int? MaxJwtLifetimeSeconds { get; init; }

    public IReadOnlyList<AllowedTargetDocument>? AllowedTargets { get; init; }

    /// <summary>Null = none.</summary>
    public Optional<string?> Preset { get; init; }

    public string? Tenancy { get; init; }

    public string? ReplayMode { get; init; }

    public int? ReplayWindowSeconds { get; init; }

    public IReadOnlyList<string>? Algorithms { get; init; }

    public IReadOnlyList<string>? Types { get; init; }

    public bool? SingleAudience { get; init; }

    public bool? AllowMissingKid { get; init; }

    public bool? AllowNonAscii { get; init; }

    public string? CallerDetail { get; init; }

    /// <summary>Null = the installation's default.</summary>
    public Optional<int?> StaleOkSeconds { get; init; }

    /// <summary>Null = the installation's default.</summary>
    public Optional<int?> HardExpirySeconds { get; init; }

    /// <summary>The issuer with the given settings, except those that <see cref="IssuerReader"/> checks.</summary>
    public Issuer ApplyTo(Issuer issuer) =>
        issuer with
        {
            Types = Types ?? issuer.Types,
            Preset = Preset.Or(issuer.Preset),
            MaxJwtLifetimeSeconds = MaxJwtLifetimeSeconds ?? issuer.MaxJwtLifetimeSeconds,
            ReplayWindowSeconds = ReplayWindowSeconds ?? issuer.ReplayWindowSeconds,
            SingleAudience = SingleAudience ?? issuer.SingleAudience,
            AllowMissingKid = AllowMissingKid ?? issuer.AllowMissingKid,
            AllowNonAscii = AllowNonAscii ?? issuer.AllowNonAscii,
            StaleOkSeconds = StaleOkSeconds.Or(issuer.StaleOkSeconds),
            HardExpirySeconds = HardExpirySeconds.Or(issuer.HardExpirySeconds),
        };
}
