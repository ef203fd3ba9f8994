using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Jose.Tests.Mills;

/// <summary>
/// The verdict of the project's own code on an issuer's token and key set, in the order in which the service checks
/// them.
/// </summary>
internal static class Verdicts
{
    public static JoseRefusal Of(Specimen specimen)
    {
        var refusal = JwkSet.TryParse(specimen.KeySet, out var set);
        return refusal == JoseRefusal.None ? Of(specimen.Token, set!) : refusal;
    }

    public static JoseRefusal Of(byte[] compact, JwkSet set)
    {
        var refusal = SignedToken.TryParse(compact, out var token);
        if (refusal != JoseRefusal.None)
        {
            return refusal;
        }

        refusal = set.Find(token!.KeyId, token.Algorithm, out var key);
        return refusal == JoseRefusal.None ? token.Verify(key!, JwsAlgorithms.All) : refusal;
    }
}
