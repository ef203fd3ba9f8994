using System.Collections;
using System.Diagnostics;
using System.Net;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;
using Culvert.Ca.Issuance;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Orders;
using Culvert.Ca.Profiles;
using Culvert.Ca.Refusals;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Issuance;

public sealed class IssuancePlanTests : IDisposable
{
    private static readonly GrantedNames ServerNames = new() { Dns = ["acme.tunnel.example", "*.acme.tunnel.example"] };

    private const BindingFlags AllMembers = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly TestAuthority authority = new();
    private readonly IssuerKey leafKey = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);

    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    [InlineData(KeyAlgorithm.EcdsaP384)]
    [InlineData(KeyAlgorithm.EcdsaP521)]
    [InlineData(KeyAlgorithm.Rsa2048)]
    public async Task Redeem_ServerLeaf_VerifiesWithOpenssl(object algorithm)
    {
        using var issuing = new TestAuthority((KeyAlgorithm)algorithm);
        IssuedCertificate leaf = Issue(issuing, ServerOrder(issuing));

        (
            await OpensslVerify(issuing, leaf, "-purpose", "sslserver", "-verify_hostname", "docs.acme.tunnel.example")
        ).ShouldBe("ok");
    }

    [Fact]
    public async Task Redeem_EveryStandardLeaf_VerifiesWithOpenssl()
    {
        const string Spiffe = "spiffe://culvert.example/edge/edge_01";
        (CertificateProfileOptions Profile, GrantedNames Names, string Purpose)[] leaves =
        [
            (StandardProfiles.Agent(TimeSpan.FromHours(1)), new() { Uris = [Spiffe] }, "sslclient"),
            (
                StandardProfiles.Edge(TimeSpan.FromHours(1)),
                new() { Uris = [Spiffe], Dns = ["edge.example"] },
                "sslserver"
            ),
            (
                StandardProfiles.Service(TimeSpan.FromHours(1)),
                new() { Dns = ["localhost"], Addresses = [IPAddress.Loopback, IPAddress.IPv6Loopback] },
                "sslserver"
            ),
        ];
        foreach ((CertificateProfileOptions profile, GrantedNames names, string purpose) in leaves)
        {
            IssuedCertificate leaf = Issue(
                authority,
                TestAuthority.Order(authority.Issuer, profile, leafKey.PublicKey) with
                {
                    Names = names,
                }
            );

            (await OpensslVerify(authority, leaf, "-purpose", purpose)).ShouldBe("ok", profile.Name);
        }
    }

    [Fact]
    public void Redeem_Leaf_IsWhatWasOrdered()
    {
        IssuanceOrder order = ServerOrder(authority);
        ParsedCertificate leaf = Issue(authority, order).Certificate;

        leaf.SerialNumberHex.ShouldBe(order.Serial.Hex);
        leaf.AuthorityKeyIdentifier!.Value.ToArray()
            .ShouldBe(authority.Certificate.SubjectKeyIdentifier!.Value.ToArray());
        leaf.SubjectAlternativeNames!.Select(name => name.Text).ShouldBe(ServerNames.Dns);
        leaf.BasicConstraints.ShouldBe(new BasicConstraints(true, false, null));
        leaf.KeyUsage.ShouldBe(KeyUsages.DigitalSignature);
        leaf.NotAfter.ShouldBe(TestAuthority.Now.AddHours(24).AddSeconds(-1));
    }

    // The answer is made of the twin that was checked: it must say what the bytes say.
    [Fact]
    public void Redeem_Leaf_IsWhatItsBytesSay()
    {
        ParsedCertificate leaf = Issue(authority, ServerOrder(authority)).Certificate;
        ParsedCertificate read = ParsedCertificate.TryParse(leaf.Encoded).ShouldNotBeNull();

        foreach (PropertyInfo property in typeof(ParsedCertificate).GetProperties(AllMembers))
        {
            string expected = Describe(property.GetValue(read));
            Describe(property.GetValue(leaf)).ShouldBe(expected, property.Name);
        }
    }

    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    [InlineData(KeyAlgorithm.EcdsaP384)]
    [InlineData(KeyAlgorithm.EcdsaP521)]
    [InlineData(KeyAlgorithm.Rsa2048)]
    public void Twin_VerifiesByNoAuthority(object algorithm)
    {
        using var issuing = new TestAuthority((KeyAlgorithm)algorithm);
        IssuanceOrder order = ServerOrder(issuing);
        byte[] tbs = IssuancePlan.Prepare(order).Value.ShouldNotBeNull().TbsEncoded.ToArray();
        byte[] signature = ThrowawaySigner.SignatureFor(order.Issuer.PublicKey);

        ParsedCertificate twin = IssuancePlan.Assemble(tbs, order, signature).ShouldNotBeNull();

        twin.SignatureScheme.ShouldNotBeNull();
        twin.IsSignedBy(order.Issuer.PublicKey).ShouldBeFalse();
    }

    [Fact]
    public void Redeem_OrderWithRevocationList_CarriesItsAddressAsOthersReadIt()
    {
        IssuanceOrder order = ServerOrder(authority) with { CrlDistributionPoint = "http://crl.example/ca_1/7" };
        ParsedCertificate leaf = Issue(authority, order).Certificate;

        using X509Certificate2 read = X509CertificateLoader.LoadCertificate(leaf.Encoded.Span);
        X509Extension extension = read.Extensions.Single(one => one.Oid!.Value == "2.5.29.31");

        extension.Critical.ShouldBeFalse();
        System.Text.Encoding.ASCII.GetString(extension.RawData).ShouldEndWith("http://crl.example/ca_1/7");
        Convert.ToHexStringLower(extension.RawData).ShouldStartWith("3021301fa01da01b8619");
    }

    [Fact]
    public void Redeem_SecondTime_Throws()
    {
        IssuancePlan plan = IssuancePlan.Prepare(ServerOrder(authority)).Value.ShouldNotBeNull();
        plan.Redeem(authority.Key).Succeeded.ShouldBeTrue();

        Should.Throw<InvalidOperationException>(() => plan.Redeem(authority.Key));
    }

    [Fact]
    public void Redeem_AnotherIssuersKey_Throws()
    {
        IssuancePlan plan = IssuancePlan.Prepare(ServerOrder(authority)).Value.ShouldNotBeNull();

        Should.Throw<InvalidOperationException>(() => plan.Redeem(leafKey));
    }

    [Fact]
    public void Redeem_SignerThatFails_IsUnavailable() =>
        RedeemWith(
                new ScriptedSigner(
                    (ECDsa)authority.Key.OpenForTls(),
                    _ => throw new CryptographicException("logged out")
                )
            )
            .ShouldBe(CaErrorCodes.SignerUnavailable);

    [Fact]
    public void Redeem_SignatureOfSomethingElse_IsThrownAway() =>
        RedeemWith(new ScriptedSigner((ECDsa)authority.Key.OpenForTls(), hash => [.. hash.Reverse()]))
            .ShouldBe(CaErrorCodes.SignerBadSignature);

    [Fact]
    public void Redeem_ContentThatChangedSinceItWasChecked_IsThrownAway()
    {
        IssuancePlan plan = IssuancePlan.Prepare(ServerOrder(authority)).Value.ShouldNotBeNull();
        using IssuerKey remote = IssuerKey.Remote(
            new ScriptedSigner(
                (ECDsa)authority.Key.OpenForTls(),
                hash =>
                {
                    MemoryMarshal.AsMemory(plan.TbsEncoded).Span[^1] ^= 1;
                    return hash;
                }
            )
        );

        plan.Redeem(remote).Refusal.ShouldNotBeNull().Code.ShouldBe(CaErrorCodes.TbsMismatch);
    }

    [Fact]
    public void Prepare_NamesThatBreakALint_IsRefused() =>
        IssuancePlan
            .Prepare(ServerOrder(authority) with { Names = new GrantedNames { Dns = ["a_b.tunnel.example"] } })
            .Refusal.ShouldNotBeNull()
            .Code.ShouldBe(CaErrorCodes.LintFailed);

    [Fact]
    public void Prepare_IssuersOwnKey_IsRefused() =>
        IssuancePlan
            .Prepare(ServerOrder(authority) with { PublicKey = authority.Key.PublicKey })
            .Refusal.ShouldNotBeNull()
            .Code.ShouldBe(CaErrorCodes.KeyIsCaKey);

    [Fact]
    public void Prepare_NameOutsideConstraints_IsRefused()
    {
        string pem = Vectors.Ca("chain-good-permits");
        List<ParsedCertificate> chain =
        [
            .. pem.Split("-----END CERTIFICATE-----\n", StringSplitOptions.RemoveEmptyEntries)
                .Select(part => part[(part.IndexOf('\n') + 1)..])
                .Select(body => ParsedCertificate.TryParse(Convert.FromBase64String(body)).ShouldNotBeNull()),
        ];
        IssuanceOrder order = ServerOrder(authority) with { Issuer = Issuer.FromChain(chain) };

        IssuancePlan.Prepare(order).Succeeded.ShouldBeTrue();
        IssuancePlan
            .Prepare(order with { Names = new GrantedNames { Dns = ["a.secret.tunnel.example"] } })
            .Refusal.ShouldNotBeNull()
            .Code.ShouldBe(CaErrorCodes.NameConstraintViolation);
        IssuancePlan
            .Prepare(order with { Names = new GrantedNames { Dns = ["tunnel.example.org"] } })
            .Refusal.ShouldNotBeNull()
            .Code.ShouldBe(CaErrorCodes.NameConstraintViolation);
    }

    [Fact]
    public void Prepare_AuthorityBelowPathLengthZero_IsRefused()
    {
        IssuanceOrder order = TestAuthority.Order(
            authority.Issuer,
            StandardProfiles.PlatformIssuing(),
            leafKey.PublicKey
        ) with
        {
            Subject = DistinguishedName.FromCommonName("Too deep"),
        };

        IssuancePlan.Prepare(order).Refusal.ShouldNotBeNull().Code.ShouldBe(CaErrorCodes.CaPathLength);
    }

    public void Dispose()
    {
        authority.Dispose();
        leafKey.Dispose();
    }

    private static string Describe(object? value) =>
        value switch
        {
            ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
            DistinguishedName name => Convert.ToHexString(name.Encoded.Span),
            SubjectPublicKey key => Convert.ToHexString(key.Encoded.Span),
            string text => text,
            IEnumerable many => string.Join(' ', many.Cast<object?>().Select(Describe)),
            DerExtension extension => $"{extension.Oid} {extension.Critical} {Describe(extension.Value)}",
            GeneralName name => $"{name.Kind} {name.Text}",
            _ => $"{value}",
        };

    private CaErrorCode RedeemWith(ScriptedSigner signer)
    {
        using IssuerKey remote = IssuerKey.Remote(signer);
        IssuancePlan plan = IssuancePlan.Prepare(ServerOrder(authority)).Value.ShouldNotBeNull();
        return plan.Redeem(remote).Refusal.ShouldNotBeNull().Code;
    }

    private static IssuedCertificate Issue(TestAuthority issuing, IssuanceOrder order) =>
        TestAuthority.Issue(order, issuing.Key);

    private static async Task<string> OpensslVerify(TestAuthority issuing, IssuedCertificate leaf, params string[] more)
    {
        using var folder = new TemporaryFolder();
        string root = folder.Write("root.pem", issuing.Root.ToPem());
        string middle = folder.Write("issuing.pem", issuing.Certificate.ToPem());
        string end = folder.Write("leaf.pem", leaf.Certificate.ToPem());
        string at = (TestAuthority.Now.ToUnixTimeSeconds() + 1).ToString(
            System.Globalization.CultureInfo.InvariantCulture
        );
        string[] arguments =
        [
            "verify",
            "-x509_strict",
            "-attime",
            at,
            "-CAfile",
            root,
            "-untrusted",
            middle,
            .. more,
            end,
        ];
        using Process openssl = Process.Start(
            new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        string output = await openssl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await openssl.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await openssl.WaitForExitAsync(TestContext.Current.CancellationToken);
        return openssl.ExitCode == 0 ? "ok" : output + error;
    }

    private IssuanceOrder ServerOrder(TestAuthority issuing) =>
        TestAuthority.Order(issuing.Issuer, StandardProfiles.Server(TimeSpan.FromHours(24)), leafKey.PublicKey) with
        {
            Names = ServerNames,
        };
}
