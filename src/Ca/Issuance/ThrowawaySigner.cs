using System.Collections.Concurrent;
using Culvert.Ca.Keys;

namespace Culvert.Ca.Issuance;

/// <summary>
/// Signatures for the twins that are linted: well-formed, but useless for an attacker. Each was made once, by a key that no
/// longer exists, over a text that is not a certificate, so it verifies for no key. One signature per scheme, made on first
/// use.
/// </summary>
internal static class ThrowawaySigner
{
    private static readonly ConcurrentDictionary<KeyAlgorithm, Lazy<byte[]>> Signatures = new();

    public static byte[] SignatureFor(SubjectPublicKey issuer)
    {
        // All RSA sizes share one scheme, so the twin of any RSA authority has a signature of the smallest size.
        KeyAlgorithm algorithm = issuer.IsRsa ? KeyAlgorithm.Rsa2048 : issuer.Algorithm;
        return Signatures.GetOrAdd(algorithm, wanted => new Lazy<byte[]>(() => Sign(wanted))).Value;
    }

    private static byte[] Sign(KeyAlgorithm algorithm)
    {
        using IssuerKey key = IssuerKey.Generate(algorithm);
        return key.Sign("Culvert lints a twin with this signature."u8);
    }
}
