using Culvert.Ca.Certificates;
using Culvert.Ca.Issuance;
using Culvert.Ca.Keys;
using Culvert.Ca.Linting;
using Culvert.Ca.Names;
using Culvert.Ca.Orders;
using Culvert.Ca.Profiles;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Linting;

/// <summary>Each rule is shown a certificate that is right for another order than the one it is held against.</summary>
public sealed class CertificateLintsTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly TestAuthority other = new();
    private readonly IssuerKey leafKey = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);

    [Fact]
    public void Run_OrderedCertificate_FindsNothing() => Run(Leaf, Leaf).ShouldBeEmpty();

    [Fact]
    public void All_Names_AreDistinct() =>
        CertificateLints.All.DistinctBy(lint => lint.Name).Count().ShouldBe(CertificateLints.All.Count);

    [Fact]
    public void Run_OtherSerial_IsFound() =>
        Run(Leaf, Leaf with { Serial = SerialNumber.Draw(2, Leaf.Now) }).ShouldBe(["serial_number_is_ours"]);

    [Fact]
    public void Run_OtherIssuer_IsFound() =>
        Run(Leaf, Leaf with { Issuer = other.Issuer })
            .ShouldBe(["authority_key_identifier_is_issuers"], ignoreOrder: true);

    [Fact]
    public void Run_IssuerOfOtherName_IsFound() =>
        Run(Leaf, Leaf with { Issuer = Issuer.FromChain([authority.Root]) }).ShouldContain("issuer_is_certifier");

    [Fact]
    public void Run_OtherKey_IsFound() =>
        Run(Leaf, Leaf with { PublicKey = other.Key.PublicKey }).ShouldBe(["public_key_is_accepted"]);

    [Fact]
    public void Run_OtherNames_IsFound() =>
        Run(Leaf, Leaf with { Names = new GrantedNames { Dns = ["acme.tunnel.example", "b.tunnel.example"] } })
            .ShouldBe(["names_are_granted"]);

    [Fact]
    public void Run_FewerNames_IsFound() =>
        Run(Leaf, Leaf with { Names = new GrantedNames { Dns = ["acme.tunnel.example"] } })
            .ShouldBe(["names_are_granted"]);

    [Fact]
    public void Run_IllFormedDnsName_IsFound()
    {
        IssuanceOrder order = Leaf with { Names = new GrantedNames { Dns = ["a_b.tunnel.example"] } };

        Run(order, order).ShouldBe(["dns_names_are_well_formed"]);
    }

    [Fact]
    public void Run_OtherPurpose_IsFound() =>
        Run(Leaf, Leaf with { Profile = Profile(ServerOptions with { ExtendedKeyUsages = ["client_auth"] }) })
            .ShouldBe(["extended_key_usage_is_profiles"]);

    [Fact]
    public void Run_LongerThanProfile_IsFound() =>
        Run(Leaf, Leaf with { Profile = Profile(ServerOptions with { DefaultLife = Hour, MaxLife = Hour }) })
            .ShouldBe(["validity_is_within_profile"]);

    [Fact]
    public void Run_RevocationListAddress_IsTheOrderedOneAndFetchable()
    {
        IssuanceOrder listed = Leaf with { CrlDistributionPoint = "http://crl.example/ca_1/7" };
        IssuanceOrder odd = Leaf with { CrlDistributionPoint = "ldap://crl.example/ca_1" };

        Run(listed, listed).ShouldBeEmpty();
        Run(listed, Leaf).ShouldBe(["crl_distribution_point_is_ordered"]);
        Run(Leaf, listed).ShouldBe(["crl_distribution_point_is_ordered"]);
        Run(odd, odd).ShouldBe(["crl_distribution_point_is_ordered"]);
    }

    [Fact]
    public void Run_ResponderAddress_IsTheOrderedOneAndReachable()
    {
        IssuanceOrder answered = Leaf with { OcspResponder = "http://ocsp.example/ca_1" };
        IssuanceOrder odd = Leaf with { OcspResponder = "ldap://ocsp.example/ca_1" };

        Run(answered, answered).ShouldBeEmpty();
        Run(answered, Leaf).ShouldBe(["ocsp_responder_is_ordered"]);
        Run(Leaf, answered).ShouldBe(["ocsp_responder_is_ordered"]);
        Run(odd, odd).ShouldBe(["ocsp_responder_is_ordered"]);
    }

    [Fact]
    public void Run_Responder_AloneIsExemptFromRevocation()
    {
        IssuanceOrder responder = TestAuthority.Order(
            authority.Issuer,
            StandardProfiles.OcspResponder(),
            leafKey.PublicKey
        ) with
        {
            Subject = DistinguishedName.FromCommonName("OCSP responder"),
        };

        Run(responder, responder).ShouldBeEmpty();
        Run(responder, Leaf).ShouldContain("ocsp_no_check_is_responders");
        Run(Leaf, responder).ShouldContain("ocsp_no_check_is_responders");
    }

    [Fact]
    public void Run_BeginsAfterNow_IsFound() =>
        Run(Leaf, Leaf with { Now = Leaf.Now.AddMinutes(-2) }).ShouldBe(["validity_is_within_profile"]);

    [Fact]
    public void Run_SubjectNotOrdered_IsFound() =>
        Run(Leaf with { Subject = DistinguishedName.FromCommonName("a") }, Leaf)
            .ShouldBe(["subject_is_ordered", "names_are_granted"]);

    [Fact]
    public void Run_LeafForAuthority_BreaksEveryRuleOfAuthorities() =>
        Run(Leaf, Leaf with { Profile = Profile(StandardProfiles.PlatformIssuing()) })
            .ShouldBe([
                "subject_is_ordered",
                "subject_key_identifier_of_authority",
                "key_usage_is_profiles",
                "names_are_granted",
                "basic_constraints_are_profiles",
                "path_length_is_honoured",
                "extended_key_usage_is_profiles",
            ]);

    [Theory]
    [InlineData("nonconformant-duplicate-extension", "extensions_are_known_and_single")]
    [InlineData("nonconformant-unknown-critical", "extensions_are_known_and_single")]
    [InlineData("nonconformant-time", "times_are_well_encoded")]
    [InlineData("not-ca-version-1", "version_is_three")]
    [InlineData("weak-sha1", "signature_algorithms_agree")]
    public void Run_BrokenEncoding_IsFound(string vector, string lint)
    {
        string pem = Vectors.Ca(vector);
        string body = pem.Replace("-----BEGIN CERTIFICATE-----", "", StringComparison.Ordinal)
            .Replace("-----END CERTIFICATE-----", "", StringComparison.Ordinal);
        ParsedCertificate certificate = ParsedCertificate.TryParse(Convert.FromBase64String(body)).ShouldNotBeNull();

        CertificateLints.Run(new LintSubject(certificate, Leaf)).ShouldContain(lint);
    }

    public void Dispose()
    {
        authority.Dispose();
        other.Dispose();
        leafKey.Dispose();
    }

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CertificateProfileOptions ServerOptions => StandardProfiles.Server(TimeSpan.FromHours(24));

    private IssuanceOrder? leaf;

    private IssuanceOrder Leaf =>
        leaf ??= TestAuthority.Order(authority.Issuer, ServerOptions, leafKey.PublicKey) with
        {
            Names = new GrantedNames { Dns = ["acme.tunnel.example", "*.acme.tunnel.example"] },
        };

    private static CertificateProfile Profile(CertificateProfileOptions options) =>
        CertificateProfile.CreateValid(options);

    private static IReadOnlyList<string> Run(IssuanceOrder made, IssuanceOrder held)
    {
        ValidityWindow validity = ValidityWindow
            .Decide(made.Profile, made.Now, null, made.Life, null, made.Issuer.Period, made.Serial)
            .Value.ShouldNotBeNull();
        byte[] tbs = TbsCertificateWriter.Write(made, validity);
        byte[] signature = ThrowawaySigner.SignatureFor(made.Issuer.PublicKey);
        ParsedCertificate twin = IssuancePlan.Assemble(tbs, made, signature).ShouldNotBeNull();
        return CertificateLints.Run(new LintSubject(twin, held));
    }
}
