using Culvert.Jose.Keys;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>A key, or why there is none.</summary>
/// <param name="Key">Null when there is none.</param>
/// <param name="IsUnavailable">The issuer has no usable keys at present: nothing can be said about a token.</param>
internal readonly record struct KeyLookup(VerificationKey? Key, bool IsUnavailable)
{
    public static readonly KeyLookup Unknown = new(null, false);

    public static readonly KeyLookup Unavailable = new(null, true);
}
