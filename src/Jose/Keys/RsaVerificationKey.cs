using System.Security.Cryptography;
using Culvert.Jose.Signatures;

namespace Culvert.Jose.Keys;

internal sealed class RsaVerificationKey(
    string? keyId,
    JwsAlgorithms algorithms,
    ImportedOnce<RSA> key,
    int modulusBits,
    string thumbprint
) : VerificationKey(keyId, algorithms, thumbprint)
{
    private readonly int signatureBytes = (modulusBits + 7) / 8;

    private protected override bool Verify(
        JwsAlgorithm algorithm,
        ReadOnlySpan<byte> data,
        ReadOnlySpan<byte> signature
    )
    {
        // RFC 8017 §8.2.2 step 1: exactly as long as the modulus.
        if (signature.Length != signatureBytes)
        {
            return false;
        }

        // RFC 7518 §3.5: the PSS salt has the length of the hash, which is what this padding object stands for.
        var padding = algorithm.AsSet() >= JwsAlgorithms.PS256 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        return key.Value.VerifyData(data, signature, algorithm.Hash(), padding);
    }
}
