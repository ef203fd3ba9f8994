using System.Collections.Concurrent;
using Culvert.Ca.Keys;

namespace Culvert.Ca.Issuance;

/// <summary>
/// The signatures of the twins that are linted: well-formed, as the authority's will be, and good for nothing. Each was
/// made once, by a key that no longer exists, of a text that is not a certificate: a twin's issuer field names an authority
/// whose key did not sign it, and no key at all verifies it. One signature per scheme, made on first use.
/// </summary>
internal static class ThrowawaySigner
{
    private static readonly ConcurrentDictionary<KeyAlgorithm, Lazy<byte[]>> Signatures = new();

    public static byte[] SignatureFor(SubjectPublicKey issuer)
    {
        // All RSA sizes share one scheme, so the twin of any RSA authority has a signature of the smallest.
        KeyAlgorithm algorithm = issuer.IsRsa ? KeyAlgorithm.Rsa2048 : issuer.Algorithm;
        return Signatures.GetOrAdd(algorithm, wanted => new Lazy<byte[]>(() => Sign(wanted))).Value;
    }

    private static byte[] Sign(KeyAlgorithm algorithm)
    {
        using IssuerKey key = IssuerKey.Generate(algorithm);
        return key.Sign("Culvert lints a twin with this signature."u8);
    }
}
