using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Cli.Commands.Dev;
using Shouldly;
using Xunit;

namespace Culvert.Identity.Cli.Tests.Commands.Dev;

public sealed class DevAuthorityTests
{
    [Fact]
    public void SignAuthority_Request_ChainsToTheRootAndSignsOnlyLeaves()
    {
        using var root = DevAuthority.Create(TimeProvider.System);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=tunnel", key, HashAlgorithmName.SHA256);

        var (chain, fingerprint) = root.SignAuthority(request.CreateSigningRequestPem());

        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(chain);
        certificates.Count.ShouldBe(2);
        certificates[0]
            .GetCertHashString(HashAlgorithmName.SHA256)
            .ShouldBe(fingerprint, StringCompareShould.IgnoreCase);
        var constraints = certificates[0].Extensions.OfType<X509BasicConstraintsExtension>().Single();
        constraints.CertificateAuthority.ShouldBeTrue();
        constraints.PathLengthConstraint.ShouldBe(0);
        using var verifier = new X509Chain();
        verifier.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        verifier.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        verifier.ChainPolicy.CustomTrustStore.Add(certificates[1]);
        verifier.Build(certificates[0]).ShouldBeTrue();
    }
}
