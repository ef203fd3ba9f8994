using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Authorities;
using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Refusals;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Authorities;

public sealed class AuthorityRegistrationTests
{
    private static readonly GrantedNames Names = new() { Dns = ["acme.tunnel.example", "*.acme.tunnel.example"] };

    [Theory]
    [InlineData("good-p256")]
    [InlineData("good-p384")]
    [InlineData("good-p521")]
    [InlineData("good-rsa2048")]
    [InlineData("good-eku-server-auth")]
    [InlineData("ends-now")]
    public void CheckAnchor_GoodCertificate_IsAccepted(string name)
    {
        CaResult<ParsedCertificate> result = AuthorityRegistration.CheckAnchor(Vectors.Ca(name), Vectors.Now);

        result.Refusal.ShouldBeNull();
        using X509Certificate2 expected = X509Certificate2.CreateFromPem(Vectors.Ca(name));
        result
            .Value.ShouldNotBeNull()
            .Fingerprint.ShouldBe(expected.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant());
    }

    [Theory]
    [InlineData("not-ca-no-basic-constraints", "ca.not_a_ca")]
    [InlineData("not-ca-false", "ca.not_a_ca")]
    [InlineData("not-ca-not-critical", "ca.not_a_ca")]
    [InlineData("not-ca-version-1", "ca.not_a_ca")]
    [InlineData("key-usage-absent", "ca.key_usage")]
    [InlineData("key-usage-no-cert-sign", "ca.key_usage")]
    [InlineData("eku-without-server-auth", "ca.eku")]
    [InlineData("expired", "ca.validity")]
    [InlineData("not-yet-valid", "ca.validity")]
    [InlineData("ski-missing", "ca.identifiers")]
    [InlineData("subject-empty", "ca.identifiers")]
    [InlineData("weak-rsa-1024", "ca.weak")]
    [InlineData("weak-p224", "ca.weak")]
    [InlineData("weak-sha1", "ca.weak")]
    [InlineData("nonconformant-unknown-critical", "ca.nonconformant")]
    [InlineData("nonconformant-duplicate-extension", "ca.nonconformant")]
    [InlineData("nonconformant-serial-21-octets", "ca.nonconformant")]
    [InlineData("nonconformant-serial-negative", "ca.nonconformant")]
    [InlineData("nonconformant-serial-zero", "ca.nonconformant")]
    [InlineData("nonconformant-time", "ca.nonconformant")]
    [InlineData("signature-invalid", "ca.signature_invalid")]
    [InlineData("secret-beside-certificate", "ca.secret_in_input")]
    [InlineData("secret-under-false-label", "ca.secret_in_input")]
    [InlineData("two-certificates", "ca.malformed")]
    [InlineData("text-before", "ca.malformed")]
    public void CheckAnchor_BadCertificate_HasItsCode(string name, string code) =>
        AuthorityRegistration
            .CheckAnchor(Vectors.Ca(name), Vectors.Now)
            .Refusal.ShouldNotBeNull()
            .Code.Code.ShouldBe(code);

    [Fact]
    public void CheckAnchor_OneSecondAfterTheLast_IsExpired() =>
        AuthorityRegistration
            .CheckAnchor(Vectors.Ca("ends-now"), Vectors.Now.AddSeconds(1))
            .Refusal.ShouldNotBeNull()
            .Code.ShouldBe(CaErrorCodes.CaValidity);

    [Theory]
    [InlineData(8192, "ca.malformed")]
    [InlineData(8193, "request.too_large")]
    public void CheckAnchor_Size_IsBounded(int length, string code)
    {
        string pem = Vectors.Ca("good-p256");
        string padded = pem + new string('x', length - pem.Length);

        AuthorityRegistration.CheckAnchor(padded, Vectors.Now).Refusal.ShouldNotBeNull().Code.Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("good", 2)]
    [InlineData("good-permits", 2)]
    [InlineData("good-three-tiers", 3)]
    [InlineData("six-lives", 2)]
    [InlineData("twice", 2)]
    public void CheckChain_GoodChain_IsAccepted(string name, int length)
    {
        CaResult<IReadOnlyList<ParsedCertificate>> result = Check(name);

        result.Value.ShouldNotBeNull(result.Refusal?.Message).Count.ShouldBe(length);
    }

    [Theory]
    [InlineData("key-mismatch", "ca.key_mismatch")]
    [InlineData("wrong-order", "ca.chain")]
    [InlineData("incomplete", "ca.chain")]
    [InlineData("unrelated-extra", "ca.chain")]
    [InlineData("identifiers-encoding", "ca.identifiers")]
    [InlineData("aki-mismatch", "ca.identifiers")]
    [InlineData("signature-invalid", "ca.signature_invalid")]
    [InlineData("weak-sha1", "ca.weak")]
    [InlineData("path-length", "ca.path_length")]
    [InlineData("path-length-of-root", "ca.path_length")]
    [InlineData("outlives", "ca.validity")]
    [InlineData("six-lives-less-one-second", "ca.validity")]
    [InlineData("constraints-other", "ca.name_constraints")]
    [InlineData("constraints-not-critical", "ca.name_constraints")]
    public void CheckChain_BadChain_HasItsCode(string name, string code) =>
        Check(name).Refusal.ShouldNotBeNull().Code.Code.ShouldBe(code);

    [Fact]
    public void CheckChain_ItsOwnCertificateTwiceInARow_IsTakenAsOne()
    {
        string own = Vectors.Ca("chain-incomplete");

        CheckText(own + Vectors.Ca("chain-good")).Value.ShouldNotBeNull().Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("good", "good", "A certificate occurs twice (certificates 1 and 3 of 4).")]
    [InlineData(
        "wrong-order",
        null,
        "The chain is in the wrong order: certificate 2 of 2 is the authority's own and must be the first, the root the last."
    )]
    [InlineData("unrelated-extra", null, "Something follows a root (certificate 2 of 3).")]
    public void InspectChain_NotInOrder_IsTheOnlyFinding(string name, string? behind, string message)
    {
        string pem = Vectors.Ca("chain-" + name) + (behind is null ? "" : Vectors.Ca("chain-" + behind));
        IReadOnlyList<ParsedCertificate> chain = AuthorityRegistration.ReadChain(pem).Value.ShouldNotBeNull();

        IReadOnlyList<CaRefusal> findings = AuthorityRegistration.InspectChain(
            chain,
            OurKey(),
            TimeSpan.FromHours(24),
            Names,
            Vectors.Now
        );

        findings.ShouldBe([new CaRefusal(CaErrorCodes.CaChain, message)]);
    }

    [Fact]
    public void InspectAnchor_RootFirst_IsTheOnlyFinding()
    {
        IReadOnlyList<ParsedCertificate> chain = AuthorityRegistration
            .ReadChain(Vectors.Ca("chain-wrong-order"))
            .Value.ShouldNotBeNull();

        AuthorityRegistration
            .InspectAnchor(chain, Vectors.Now)
            .ShouldBe([
                new CaRefusal(
                    CaErrorCodes.CaChain,
                    "The chain is in the wrong order: the root must be the last (certificate 1 of 2)."
                ),
            ]);
    }

    [Fact]
    public void InspectOrder_IssuerAfterTheRoot_NamesBoth()
    {
        IReadOnlyList<ParsedCertificate> good = AuthorityRegistration
            .ReadChain(Vectors.Ca("chain-good-three-tiers"))
            .Value.ShouldNotBeNull();

        AuthorityRegistration
            .InspectOrder([good[0], good[2], good[1]], OurKey())
            .ShouldNotBeNull()
            .Message.ShouldBe(
                "The chain is in the wrong order: certificate 3 issued certificate 1 and must follow it."
            );
        AuthorityRegistration.InspectOrder(good, OurKey()).ShouldBeNull();
    }

    [Fact]
    public void CheckAnchor_AnyText_GivesValueOrRefusal() =>
        Prop.ForAll<string, byte[]>(
                (text, bytes) =>
                {
                    _ = AuthorityRegistration.CheckAnchor(text ?? "", Vectors.Now);
                    _ = AuthorityRegistration.CheckAnchor(PemEncoding.WriteString("CERTIFICATE", bytes), Vectors.Now);
                }
            )
            .CheckSeeded();

    [Fact]
    public void CheckAnchor_DamagedCertificate_IsNeverAccepted()
    {
        using X509Certificate2 good = X509Certificate2.CreateFromPem(Vectors.Ca("good-p256"));
        byte[] der = good.RawData;
        for (int i = 0; i < der.Length; i++)
        {
            byte[] damaged = [.. der];
            damaged[i] ^= 0x01;
            CaResult<ParsedCertificate> result = AuthorityRegistration.CheckAnchor(
                PemEncoding.WriteString("CERTIFICATE", damaged),
                Vectors.Now
            );

            // A damaged issuer name makes it the subordinate of another authority, whose signature cannot be verified
            // here.
            (result.Succeeded && result.Value.IsSelfIssued).ShouldBeFalse($"octet {i}");
        }
    }

    private static CaResult<IReadOnlyList<ParsedCertificate>> Check(string name) =>
        CheckText(Vectors.Ca("chain-" + name));

    private static CaResult<IReadOnlyList<ParsedCertificate>> CheckText(string pem) =>
        AuthorityRegistration.CheckChain(pem, OurKey(), TimeSpan.FromHours(24), Names, Vectors.Now);

    private static SubjectPublicKey OurKey() =>
        SubjectPublicKey.TryParse(Convert.FromBase64String(Vectors.Read("ca", "sub.spki"))).ShouldNotBeNull();
}
