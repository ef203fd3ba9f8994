using System.Collections.Frozen;
using Culvert.Jose.Keys;

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

    /// <summary>Whether the key may not be believed: it was killed itself, or under any name that the set has for it.</summary>
    public bool Covers(VerificationKey key, JwkSet set)
    {
        if (Issuer || Thumbprints.Contains(key.Thumbprint))
        {
            return true;
        }

        foreach (var other in KeyIds.Count == 0 ? [] : set.Keys)
        {
            if (other.Thumbprint == key.Thumbprint && other.KeyId is { } name && KeyIds.Contains(name))
            {
                return true;
            }
        }

        return false;
    }
}
