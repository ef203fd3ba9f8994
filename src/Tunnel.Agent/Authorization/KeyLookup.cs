using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>A key, or why there is none.</summary>
/// <param name="Key">Null when there is none.</param>
/// <param name="IsUnavailable">The issuer has no usable keys at present: nothing can be said about a token.</param>
internal readonly record struct KeyLookup(VerificationKey? Key, bool IsUnavailable)
{
    public static readonly KeyLookup Unavailable = new(null, true);

    /// <summary>Why there is none although there are keys.</summary>
    public JoseRefusal Refusal { get; private init; }

    public static KeyLookup Unknown(JoseRefusal why) => new(null, false) { Refusal = why };
}
