using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Edge.Ingress.Connect;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Edge.Tests.Support;

namespace Culvert.Tunnel.Edge.Tests.Ingress.Connect;

/// <summary>S22: chain to the tunnel's own client CAs, EKU clientAuth, one of the identities.</summary>
public sealed class ClientVerifierTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private readonly ClientCertificates clients = new();

    [Theory]
    [InlineData("uri:spiffe://clients.test/app/one", true)]
    [InlineData("uri:spiffe://clients.test/app/*", true)]
    [InlineData("uri:spiffe://clients.test/*/one", true)]
    [InlineData("uri:spiffe://clients.test/*", false)] // one segment, not two
    [InlineData("uri:spiffe://clients.test/app/one/*", false)]
    [InlineData("uri:spiffe://clients.test/app/on", false)]
    [InlineData("uri:spiffe://clients.test/app/One", false)]
    [InlineData("dns:clients.test", false)]
    public void Verify_Uri_IsMatchedAsAWhole(string pattern, bool proven) =>
        IsProven(clients.Client(), clients.Authority(pattern)).ShouldBe(proven);

    [Theory]
    [InlineData("dns:a.clients.test", true)]
    [InlineData("dns:A.Clients.Test", true)]
    [InlineData("dns:*.clients.test", true)]
    [InlineData("dns:*.a.clients.test", false)]
    [InlineData("dns:clients.test", false)]
    [InlineData("uri:a.clients.test", false)]
    public void Verify_DnsName_IsMatchedByLabel(string pattern, bool proven) =>
        IsProven(clients.Client(uri: null, dnsNames: ["a.clients.test"]), clients.Authority(pattern)).ShouldBe(proven);

    [Fact]
    public void Verify_WildcardInTheCertificate_MatchesNoPatternButItself() =>
        IsProven(clients.Client(uri: null, dnsNames: ["*.clients.test"]), clients.Authority("dns:a.clients.test"))
            .ShouldBeFalse();

    [Fact]
    public void Verify_ProvenClient_IsNamedWithItsAuthority()
    {
        var identity = Verify(clients.Client(), clients.Authority()).ShouldNotBeNull();

        identity.CertificateAuthorityId.ShouldBe("clca_01");
        identity.MatchedName.ShouldBe("uri:" + ClientCertificates.Uri);
        identity.CertificateSha256.Length.ShouldBe(32);
    }

    [Fact] // an enterprise may register the authority that issues, without trusting the rest of its tree
    public void Verify_AnchorBelowTheRoot_IsEnough() =>
        IsProven(clients.Client(), clients.IssuingAuthority()).ShouldBeTrue();

    [Fact] // same names all along the chain, other keys
    public void Verify_AuthorityOfTheSameName_ProvesNothing() =>
        IsProven(clients.Client(), new ClientCertificates().Authority()).ShouldBeFalse();

    [Fact]
    public void Verify_ServerCertificate_ProvesNothing() =>
        IsProven(clients.Client(usages: [TestPki.ServerAuthentication]), clients.Authority()).ShouldBeFalse();

    [Fact]
    public void Verify_NoUsages_ProvesNothing() =>
        IsProven(clients.Client(usages: []), clients.Authority()).ShouldBeFalse();

    [Fact]
    public void Verify_Expired_ProvesNothing() =>
        IsProven(clients.Client(notAfter: Now.AddMinutes(-1)), clients.Authority()).ShouldBeFalse();

    [Fact]
    public void Verify_NoCertificate_ProvesNothing() =>
        ClientVerifier.Verify(null, ClientAuthorities.Read([clients.Authority()]), Now).ShouldBeNull();

    [Fact]
    public void Verify_SeveralAuthorities_TakesTheOneThatVouches()
    {
        var other = new ClientCertificates("Other").Authority() with { Id = "clca_00" };

        ClientVerifier
            .Verify(
                clients.Chain(clients.Client()).Presented,
                ClientAuthorities.Read([other, clients.Authority()]),
                Now
            )
            .ShouldNotBeNull()
            .CertificateAuthorityId.ShouldBe("clca_01");
    }

    [Fact] // narrower, never wider
    public void Read_UnreadablePattern_LetsNobodyIn() =>
        ClientAuthorities.Read([clients.Authority("dns:*")]).ShouldBeEmpty();

    private bool IsProven(
        System.Security.Cryptography.X509Certificates.X509Certificate2 leaf,
        EdgeFeedClientAuthority authority
    ) => Verify(leaf, authority) is not null;

    private Culvert.Tunnel.Protocol.Frames.ClientIdentity? Verify(
        System.Security.Cryptography.X509Certificates.X509Certificate2 leaf,
        EdgeFeedClientAuthority authority
    ) => ClientVerifier.Verify(clients.Chain(leaf).Presented, ClientAuthorities.Read([authority]), Now);
}
