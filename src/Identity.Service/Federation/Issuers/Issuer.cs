using Culvert.Identity.Service.Ids;
using Culvert.Jose.Algorithms;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>An identity provider whose tokens may be exchanged: who it is, where its keys come from, its hygiene.</summary>
internal sealed record Issuer
{
    public const int DefaultReplayWindowSeconds = 60;

    /// <summary>RFC 7519 §5.1 and RFC 9068 §2.1: what identity and access tokens call themselves.</summary>
    public static readonly IReadOnlyList<string> DefaultTypes = ["JWT", "at+jwt"];

    /// <summary>JWT-SVID §2.3: <c>JWT</c> or <c>JOSE</c>, or nothing.</summary>
    public static readonly IReadOnlyList<string> SpiffeTypes = ["JWT", "JOSE"];

    public required IssuerId Id { get; init; }

    public required string OrganizationId { get; init; }

    public required string Name { get; init; }

    /// <summary>The exact <c>iss</c>: compared byte for byte, never normalised.</summary>
    public required string Url { get; init; }

    public required KeySource KeySource { get; init; }

    /// <summary>The platform it was made for; only a hint for defaults, lints and explanations. Null = none.</summary>
    public string? Preset { get; init; }

    public IssuerTenancy Tenancy { get; init; }

    public ReplayMode ReplayMode { get; init; } = ReplayMode.SingleUse;

    /// <summary>Seconds from a token's first use in which mode <see cref="ReplayMode.Window"/> lets it be used again.</summary>
    public int ReplayWindowSeconds { get; init; } = DefaultReplayWindowSeconds;

    /// <summary>The algorithms that its tokens may use; a key's own must agree (RFC 8725 §3.1). Never empty.</summary>
    public JwsAlgorithms Algorithms { get; init; } = JwsAlgorithms.All;

    /// <summary>
    /// The <c>typ</c> values accepted, compared without regard to case (RFC 7515 §4.1.9). A token without <c>typ</c>
    /// counts as <c>JWT</c>.
    /// </summary>
    public IReadOnlyList<string> Types { get; init; } = DefaultTypes;

    /// <summary>Whether a token that names more than one audience is refused.</summary>
    public bool SingleAudience { get; init; }

    /// <summary>Whether a token without <c>kid</c> is accepted while the issuer has exactly one key.</summary>
    public bool AllowMissingKid { get; init; }

    /// <summary>Whether <c>sub</c> and <c>aud</c> may hold characters beyond ASCII.</summary>
    public bool AllowNonAscii { get; init; }

    public CallerDetail CallerDetail { get; init; }

    /// <summary>How long keys serve in full after they were last confirmed; null = as the installation says.</summary>
    public int? StaleOkSeconds { get; init; }

    /// <summary>How long keys serve at all after they were last confirmed; null = as the installation says.</summary>
    public int? HardExpirySeconds { get; init; }

    /// <summary>Longest <c>exp</c> − <c>iat</c> of its tokens, 1–176400 s.</summary>
    public required int MaxJwtLifetimeSeconds { get; init; }

    /// <summary>Private targets that may be fetched for it (S27); usually none.</summary>
    public required IReadOnlyList<AllowedTarget> AllowedTargets { get; init; }

    public int Version { get; init; } = 1;

    public required ChangeStamps Stamps { get; init; }

    public bool IsArchived => Stamps.ArchivedAt is not null;

    /// <summary>The compatible interface's view of <see cref="ReplayMode"/>: whether repeats are checked.</summary>
    public bool CheckJti => ReplayMode != ReplayMode.Off;

    /// <summary>
    /// Of an issuer with a SPIFFE bundle; otherwise null. Such an issuer is recognised by the trust domain of
    /// <c>sub</c> (JWT-SVID §3 leaves <c>iss</c> optional): <c>sub</c> must lie in it always; an <c>iss</c> that is
    /// present must equal <see cref="Url"/> unless that is the <c>spiffe://</c> form, which no <c>iss</c> has.
    /// </summary>
    public string? TrustDomain => (KeySource as SpiffeBundleKeySource)?.TrustDomain;

    public TimeSpan StaleOk(FetchOptions options) => Seconds(StaleOkSeconds) ?? options.StaleOk;

    public TimeSpan HardExpiry(FetchOptions options) => Seconds(HardExpirySeconds) ?? options.HardExpiry;

    private static TimeSpan? Seconds(int? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}
