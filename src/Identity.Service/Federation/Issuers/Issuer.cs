using Culvert.Identity.Service.Ids;
using Culvert.Jose.Algorithms;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>An identity provider whose tokens may be exchanged: its identity, key source and limits.</summary>
internal sealed record Issuer
{
    public const int DefaultReplayWindowSeconds = 60;

    /// <summary>RFC 7519 §5.1 and RFC 9068 §2.1: the types of identity and access tokens.</summary>
    public static readonly IReadOnlyList<string> DefaultTypes = ["JWT", "at+jwt"];

    /// <summary>JWT-SVID §2.3: <c>JWT</c> or <c>JOSE</c>, or no type.</summary>
    public static readonly IReadOnlyList<string> SpiffeTypes = ["JWT", "JOSE"];

    public required IssuerId Id { get; init; }

    public required string OrganizationId { get; init; }

    public required string Name { get; init; }

    /// <summary>The exact <c>iss</c>: compared byte for byte, never normalized.</summary>
    public required string Url { get; init; }

    public required KeySource KeySource { get; init; }

    /// <summary>The platform it was created for; only a hint for defaults, lints and explanations. Null if none.</summary>
    public string? Preset { get; init; }

    public IssuerTenancy Tenancy { get; init; }

    public ReplayMode ReplayMode { get; init; } = ReplayMode.SingleUse;

    /// <summary>Seconds from first use in which mode <see cref="ReplayMode.Window"/> allows further use.</summary>
    public int ReplayWindowSeconds { get; init; } = DefaultReplayWindowSeconds;

    /// <summary>The algorithms that its tokens may use; the key must allow them too (RFC 8725 §3.1). Never empty.</summary>
    public JwsAlgorithms Algorithms { get; init; } = JwsAlgorithms.All;

    /// <summary>Accepted <c>typ</c> values, without regard to case (RFC 7515 §4.1.9); absent = <c>JWT</c>.</summary>
    public IReadOnlyList<string> Types { get; init; } = DefaultTypes;

    /// <summary>Whether a token with more than one audience is refused.</summary>
    public bool SingleAudience { get; init; }

    /// <summary>Whether a token without <c>kid</c> is accepted while the issuer has exactly one key.</summary>
    public bool AllowMissingKid { get; init; }

    /// <summary>Whether <c>sub</c> and <c>aud</c> may contain characters beyond ASCII.</summary>
    public bool AllowNonAscii { get; init; }

    public CallerDetail CallerDetail { get; init; }

    /// <summary>How long all keys are used after they were last confirmed; null = the installation's default.</summary>
    public int? StaleOkSeconds { get; init; }

    /// <summary>How long any key is used after it was last confirmed; null = the installation's default.</summary>
    public int? HardExpirySeconds { get; init; }

    /// <summary>The longest <c>exp</c> − <c>iat</c> of its tokens, 1–176400 s.</summary>
    public required int MaxJwtLifetimeSeconds { get; init; }

    /// <summary>Private targets from which its keys may be fetched (S27); usually none.</summary>
    public required IReadOnlyList<AllowedTarget> AllowedTargets { get; init; }

    public int Version { get; init; } = 1;

    public required ChangeStamps Stamps { get; init; }

    public bool IsArchived => Stamps.ArchivedAt is not null;

    /// <summary>The compatible interface's view of <see cref="ReplayMode"/>: whether repeated use is checked.</summary>
    public bool CheckJti => ReplayMode != ReplayMode.Off;

    /// <summary>
    /// The trust domain of an issuer with a SPIFFE bundle; otherwise null. Such an issuer is identified by the trust
    /// domain of <c>sub</c> (JWT-SVID §3: <c>iss</c> is optional). <c>sub</c> must always be in it; an <c>iss</c> that
    /// is present must equal <see cref="Url"/> unless that has the <c>spiffe://</c> form, which no <c>iss</c> has.
    /// </summary>
    public string? TrustDomain => (KeySource as SpiffeBundleKeySource)?.TrustDomain;

    public TimeSpan StaleOk(FetchOptions options) => Seconds(StaleOkSeconds) ?? options.StaleOk;

    public TimeSpan HardExpiry(FetchOptions options) => Seconds(HardExpirySeconds) ?? options.HardExpiry;

    private static TimeSpan? Seconds(int? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}
