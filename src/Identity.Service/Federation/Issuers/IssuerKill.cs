using System.Collections.Frozen;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>What an administrator took away from an issuer; it holds whatever a cache or the issuer itself says.</summary>
internal sealed record IssuerKill
{
    /// <summary>Nothing of the issuer is believed.</summary>
    public bool Issuer { get; init; }

    /// <summary>No key of these names is believed, whichever key that is.</summary>
    public FrozenSet<string> KeyIds { get; init; } = [];

    /// <summary>None of these keys is believed, whatever it is called now (RFC 7638 thumbprints).</summary>
    public FrozenSet<string> Thumbprints { get; init; } = [];

    /// <summary>Sets confirmed before this moment are worthless; null = none is.</summary>
    public DateTimeOffset? SetsBefore { get; init; }
}
