using System.Security.Cryptography;
using Culvert.Jose.Signatures;

namespace Culvert.Jose.Keys;

internal sealed class EcVerificationKey(
    string? keyId,
    JwsAlgorithms algorithms,
    ImportedOnce<ECDsa> key,
    int coordinateBytes,
    string thumbprint
) : VerificationKey(keyId, algorithms, thumbprint)
{
    // RFC 7518 §3.4: R and S side by side, each as long as the curve's order (P-521: 66 bytes). DER never fits.
    private readonly int signatureBytes = coordinateBytes * 2;

    private protected override bool Verify(
        JwsAlgorithm algorithm,
        ReadOnlySpan<byte> data,
        ReadOnlySpan<byte> signature
    ) =>
        signature.Length == signatureBytes
        && key.Value.VerifyData(data, signature, algorithm.Hash(), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
}
