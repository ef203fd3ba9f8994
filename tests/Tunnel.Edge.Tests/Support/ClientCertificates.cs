using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Wire;
using Culvert.Testing;

namespace Culvert.Tunnel.Edge.Tests.Support;

/// <summary>An enterprise's client CA, its registration on a tunnel, and certificates from it.</summary>
internal sealed class ClientCertificates(string name = "Clients")
{
    public const string Uri = "spiffe://clients.test/app/one";

    private readonly TestPki pki = new(TimeProvider.System.GetUtcNow(), name);

    /// <summary>Registers the root.</summary>
    public EdgeFeedClientAuthority Authority(params string[] identities) => Registered(pki.Root, identities);

    /// <summary>Registers the authority below the root alone.</summary>
    public EdgeFeedClientAuthority IssuingAuthority(params string[] identities) => Registered(pki.Issuing, identities);

    public X509Certificate2 Client(
        string? uri = Uri,
        string[]? dnsNames = null,
        string[]? usages = null,
        DateTimeOffset? notAfter = null
    ) => pki.Issue(uri, dnsNames ?? [], usages ?? [TestPki.ClientAuthentication], notAfter: notAfter);

    /// <summary>The leaf with the authority above it, as a client sends them.</summary>
    public SslClientChain Chain(X509Certificate2 leaf) => new(leaf, pki.Issuing);

    private static EdgeFeedClientAuthority Registered(X509Certificate2 certificate, string[] identities) =>
        new(
            Id: "clca_01",
            CertificatePem: certificate.ExportCertificatePem(),
            Identities: identities.Length > 0 ? identities : ["uri:" + Uri]
        );
}
