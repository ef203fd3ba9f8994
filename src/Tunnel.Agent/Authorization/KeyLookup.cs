using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>A key, or why none was found.</summary>
/// <param name="IsUnavailable">The issuer has no usable keys at present, so the token cannot be judged.</param>
internal readonly record struct KeyLookup(VerificationKey? Key, bool IsUnavailable)
{
    public static readonly KeyLookup Unavailable = new(null, true);

    /// <summary>Why no key was found although the issuer has keys.</summary>
    public JoseRefusal Refusal { get; private init; }

    public static KeyLookup Unknown(JoseRefusal why) => new(null, false) { Refusal = why };
}
