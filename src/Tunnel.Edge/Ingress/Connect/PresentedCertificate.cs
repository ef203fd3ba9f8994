using System.Security.Cryptography.X509Certificates;

namespace Culvert.Tunnel.Edge.Ingress.Connect;

/// <summary>What a client sent in the outer handshake, not verified.</summary>
/// <param name="Leaf">DER.</param>
/// <param name="Intermediates">DER of the other certificates that the client sent.</param>
internal sealed record PresentedCertificate(byte[] Leaf, IReadOnlyList<byte[]> Intermediates)
{
    /// <summary>No enterprise's chain is longer. More would only make the verifier search.</summary>
    private const int MaxIntermediates = 8;

    public static PresentedCertificate? Create(X509Certificate? leaf, X509Chain? chain) =>
        leaf is null
            ? null
            : new PresentedCertificate(
                leaf.GetRawCertData(),
                [.. (chain?.ChainPolicy.ExtraStore ?? []).Take(MaxIntermediates).Select(c => c.RawData)]
            );
}
