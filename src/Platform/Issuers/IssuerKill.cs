using System.Collections.Frozen;
using Culvert.Jose.Keys;

namespace Culvert.Platform.Issuers;

/// <summary>What an administrator killed of an issuer; it overrides any cache and the issuer itself.</summary>
public sealed record IssuerKill
{
    /// <summary>Nothing of the issuer is accepted.</summary>
    public bool Issuer { get; init; }

    /// <summary>Keys with these names are refused, whichever key that is.</summary>
    public FrozenSet<string> KeyIds { get; init; } = [];

    /// <summary>RFC 7638 thumbprints: these keys are refused under every name.</summary>
    public FrozenSet<string> Thumbprints { get; init; } = [];

    /// <summary>Sets confirmed before this moment are refused; null = no set.</summary>
    public DateTimeOffset? SetsBefore { get; init; }

    /// <summary>Whether the key is refused: it was killed itself, or under any name that it has in the set.</summary>
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
