using Culvert.Ca.Authorities;
using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Orders;
using Culvert.Ca.Profiles;
using Culvert.Ca.Refusals;
using Culvert.Ca.Requests;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Authorities;

public sealed class AuthorityTrialTests : IDisposable
{
    private static readonly GrantedNames Names = new() { Dns = ["acme.tunnel.example"] };
    private static readonly CertificateProfile Server = CertificateProfile.CreateValid(
        StandardProfiles.Server(TimeSpan.FromHours(24))
    );

    private readonly TestAuthority authority = new();

    [Fact]
    public void Run_UsableAuthority_Passes() => Run([authority.Certificate, authority.Root]).ShouldBeNull();

    [Fact]
    public void Run_RootOfOtherKey_Fails()
    {
        using var other = new TestAuthority();

        Run([authority.Certificate, other.Root]).ShouldNotBeNull().Code.ShouldBe(CaErrorCodes.CaTrialFailed);
    }

    [Fact]
    public void Create_AuthorityRequest_IsAWellFormedRequestForAnAuthority()
    {
        using IssuerKey key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);

        // Our own parser refuses what it asks for, and only that: structure, key and proof of possession hold.
        SigningRequestParser
            .Parse(AuthorityRequest.Create(key, "Tunnel authority"))
            .Refusal.ShouldNotBeNull()
            .Code.ShouldBe(CaErrorCodes.CsrExtensionForbidden);
    }

    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP384)]
    [InlineData(KeyAlgorithm.Rsa2048)]
    public void Import_ExportedKey_IsTheSameAndTheExportIsCleared(object algorithm)
    {
        using IssuerKey key = IssuerKey.Generate((KeyAlgorithm)algorithm);
        byte[]? leaked = null;
        byte[] copy = key.UsePkcs8(bytes =>
        {
            leaked = bytes;
            return bytes.ToArray();
        });

        using IssuerKey imported = IssuerKey.Import(copy);
        imported.PublicKey.IsSameKey(key.PublicKey).ShouldBeTrue();
        leaked.ShouldNotBeNull().ShouldAllBe(octet => octet == 0);
    }

    public void Dispose() => authority.Dispose();

    private CaRefusal? Run(IReadOnlyList<ParsedCertificate> chain) =>
        AuthorityTrial.Run(
            chain,
            authority.Key,
            Server,
            Names,
            SerialNumber.Draw(1, TestAuthority.Now),
            TestAuthority.Now
        );
}
