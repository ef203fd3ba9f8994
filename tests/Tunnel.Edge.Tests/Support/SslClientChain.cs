using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Culvert.Tunnel.Edge.Ingress.Connect;

namespace Culvert.Tunnel.Edge.Tests.Support;

/// <summary>What a client presents.</summary>
internal sealed record SslClientChain(X509Certificate2 Leaf, X509Certificate2 Issuing)
{
    public SslStreamCertificateContext Context => SslStreamCertificateContext.Create(Leaf, [Issuing], offline: true);

    public PresentedCertificate Presented => new(Leaf.RawData, [Issuing.RawData]);
}
