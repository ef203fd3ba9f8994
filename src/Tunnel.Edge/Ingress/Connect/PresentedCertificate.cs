using System.Security.Cryptography.X509Certificates;

namespace Culvert.Tunnel.Edge.Ingress.Connect;

/// <summary>What a client sent in the outer handshake, collected and not judged.</summary>
/// <param name="Leaf">DER.</param>
/// <param name="Intermediates">DER of what stood above it.</param>
internal sealed record PresentedCertificate(byte[] Leaf, IReadOnlyList<byte[]> Intermediates)
{
    /// <summary>No enterprise's chain is longer; more is an attempt to make us search.</summary>
    private const int MaxIntermediates = 8;

    /// <summary>Null when there is none.</summary>
    public static PresentedCertificate? Create(X509Certificate? leaf, X509Chain? chain) =>
        leaf is null
            ? null
            : new PresentedCertificate(
                leaf.GetRawCertData(),
                [.. (chain?.ChainPolicy.ExtraStore ?? []).Take(MaxIntermediates).Select(c => c.RawData)]
            );
}
