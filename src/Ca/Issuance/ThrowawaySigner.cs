using System.Collections.Concurrent;
using Culvert.Ca.Keys;

namespace Culvert.Ca.Issuance;

/// <summary>
/// Signs the twins that are linted. Its keys exist in this process alone, never leave it and certify nothing: a twin's
/// issuer field names an authority whose key did not sign it. One key per signature scheme, made on first use.
/// </summary>
internal static class ThrowawaySigner
{
    private static readonly ConcurrentDictionary<KeyAlgorithm, Lazy<IssuerKey>> Keys = new();

    public static byte[] Sign(SubjectPublicKey issuer, ReadOnlySpan<byte> tbs)
    {
        // All RSA sizes share one scheme, so the twin of any RSA authority is signed with the smallest.
        KeyAlgorithm algorithm = issuer.IsRsa ? KeyAlgorithm.Rsa2048 : issuer.Algorithm;
        return Keys.GetOrAdd(algorithm, wanted => new Lazy<IssuerKey>(() => IssuerKey.Generate(wanted)))
            .Value.Sign(tbs);
    }
}
