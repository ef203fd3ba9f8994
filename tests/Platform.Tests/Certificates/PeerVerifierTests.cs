using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Certificates;

public sealed class PeerVerifierTests
{
    private const string Domain = "id.test";
    private const string AgentUri = "spiffe://id.test/o/org/t/tnl_1/agent/a";
    private const string EdgeUri = "spiffe://id.test/edge/edge_1";
    private const string ServiceUri = "spiffe://id.test/service/1";

    private readonly TestPki pki = new();
    private readonly PeerVerifier verifier;

    public PeerVerifierTests()
    {
        PlatformTrust.TryCreate(Domain, pki.RootPem, out var trust).ShouldBeTrue();
        verifier = new PeerVerifier(trust);
    }

    [Theory]
    [InlineData(AgentUri, PeerRole.Agent, TestPki.ClientAuthentication)]
    [InlineData(EdgeUri, PeerRole.EdgeClient, TestPki.ClientAuthentication)]
    [InlineData(EdgeUri, PeerRole.EdgeServer, TestPki.ServerAuthentication)]
    [InlineData(ServiceUri, PeerRole.Service, TestPki.ServerAuthentication)]
    public void Verify_RightPeer_IsAcceptedWithItsIdentity(string uri, PeerRole role, string usage)
    {
        var leaf = pki.Issue(uri, usages: [usage]);

        var result = Verify(leaf, role);

        result.IsAccepted.ShouldBeTrue();
        result.Id!.ToString().ShouldBe(uri);
        result.Serial.ShouldBe(CertificateNames.Serial(leaf));
    }

    [Fact]
    public void Verify_NoCertificate_IsRefused() =>
        Verify(null, PeerRole.Agent).Refusal.ShouldBe(PeerRefusal.NoCertificate);

    // S6: an agent's certificate cannot play an edge or the service, and so on round.
    [Theory]
    [InlineData(AgentUri, PeerRole.EdgeClient)]
    [InlineData(AgentUri, PeerRole.EdgeServer)]
    [InlineData(AgentUri, PeerRole.Service)]
    [InlineData(EdgeUri, PeerRole.Agent)]
    [InlineData(EdgeUri, PeerRole.Service)]
    [InlineData(ServiceUri, PeerRole.EdgeServer)]
    public void Verify_AnotherKindOfMachine_IsRefused(string uri, PeerRole role)
    {
        var leaf = pki.Issue(uri, usages: [TestPki.ClientAuthentication, TestPki.ServerAuthentication]);

        Verify(leaf, role).Refusal.ShouldBe(PeerRefusal.Role);
    }

    [Theory]
    [InlineData(EdgeUri, PeerRole.EdgeServer, TestPki.ClientAuthentication)]
    [InlineData(EdgeUri, PeerRole.EdgeClient, TestPki.ServerAuthentication)]
    [InlineData(AgentUri, PeerRole.Agent, "2.5.29.37.0")] // anyExtendedKeyUsage names no use
    public void Verify_UsageOfTheOtherSide_IsRefused(string uri, PeerRole role, string usage) =>
        Verify(pki.Issue(uri, usages: [usage]), role).Refusal.ShouldBe(PeerRefusal.KeyUsage);

    [Theory]
    [InlineData(-1, PeerRefusal.NotYetValid)]
    [InlineData(0, PeerRefusal.None)]
    [InlineData(60, PeerRefusal.None)] // notAfter itself
    [InlineData(61, PeerRefusal.Expired)]
    public void Verify_AtTheEdgesOfValidity_IncludesTheLastSecond(int second, PeerRefusal expected)
    {
        var leaf = pki.Issue(AgentUri, notBefore: pki.Now, notAfter: pki.Now.AddSeconds(60));

        Verify(leaf, PeerRole.Agent, at: pki.Now.AddSeconds(second)).Refusal.ShouldBe(expected);
    }

    [Fact]
    public void Verify_UnderAnotherRootOfTheSameName_IsRefused()
    {
        var stranger = new TestPki();

        verifier
            .Verify(stranger.Issue(AgentUri), [stranger.Issuing, stranger.Root], PeerRole.Agent, pki.Now)
            .Refusal.ShouldBe(PeerRefusal.Untrusted);
    }

    [Fact]
    public void Verify_WithoutItsIntermediate_IsRefused() =>
        verifier
            .Verify(pki.Issue(AgentUri), new X509Certificate2Collection(), PeerRole.Agent, pki.Now)
            .Refusal.ShouldBe(PeerRefusal.Untrusted);

    [Fact]
    public void Verify_CaCertificate_IsRefused() =>
        Verify(pki.Issuing, PeerRole.Agent).Refusal.ShouldBe(PeerRefusal.CertificateAuthority);

    [Fact]
    public void Verify_UnknownCriticalExtension_IsRefused()
    {
        var leaf = pki.Issue(
            AgentUri,
            edit: r => r.CertificateExtensions.Add(new X509Extension("1.2.3.4", [5, 0], critical: true))
        );

        Verify(leaf, PeerRole.Agent).Refusal.ShouldBe(PeerRefusal.Untrusted);
    }

    [Fact]
    public void Verify_TwoUris_IsRefused() =>
        Verify(pki.IssueWithUris(AgentUri, EdgeUri), PeerRole.Agent).Refusal.ShouldBe(PeerRefusal.Identity);

    [Theory]
    [InlineData(null)]
    [InlineData("https://id.test/edge/edge_1")]
    public void Verify_NoIdentity_IsRefused(string? uri) =>
        Verify(pki.Issue(uri, dnsNames: ["id.test"]), PeerRole.Agent).Refusal.ShouldBe(PeerRefusal.Identity);

    [Fact]
    public void Verify_AnotherTrustDomain_IsRefused() =>
        Verify(pki.Issue("spiffe://other.test/o/org/t/tnl_1/agent/a"), PeerRole.Agent)
            .Refusal.ShouldBe(PeerRefusal.TrustDomain);

    [Fact]
    public void Verify_RevokedSerial_IsRefused()
    {
        var leaf = pki.Issue(AgentUri);

        verifier
            .Verify(leaf, [pki.Issuing], PeerRole.Agent, pki.Now, new RevokedSerialSet([CertificateNames.Serial(leaf)]))
            .Refusal.ShouldBe(PeerRefusal.Revoked);
    }

    // S11: who slept through a root swap still knows only the old root; the link leads there.
    [Fact]
    public void Verify_NewRootReachedThroughTheLink_IsAccepted()
    {
        var next = new TestPki();
        var leaf = next.Issue(ServiceUri, usages: [TestPki.ServerAuthentication]);

        verifier.Verify(leaf, [next.Issuing, next.LinkFrom(pki)], PeerRole.Service, pki.Now).IsAccepted.ShouldBeTrue();
    }

    private PeerVerification Verify(X509Certificate2? leaf, PeerRole role, DateTimeOffset? at = null) =>
        verifier.Verify(leaf, [pki.Issuing], role, at ?? pki.Now);
}
