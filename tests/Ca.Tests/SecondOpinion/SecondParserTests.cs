using System.Security.Cryptography;
using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Profiles;
using Culvert.Ca.Requests;
using Culvert.Ca.Revocation;
using Culvert.Ca.Tests.Revocation;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.SecondOpinion;

/// <summary>Everything that our own readers accept is the same in the eyes of a parser that shares nothing with them.</summary>
public sealed class SecondParserTests
{
    [Fact]
    public void Check_RequestsOfTheVectors_AgreesOnAllThatAreAccepted()
    {
        int accepted = 0;
        foreach (string name in Names("csr"))
        {
            string pem = Vectors.Csr(name);
            if (SigningRequestParser.Parse(pem).Value is { } ours)
            {
                SecondParser.Check(ours, Der(pem));
                accepted++;
            }
        }

        accepted.ShouldBeGreaterThan(8);
    }

    [Fact]
    public void Check_CertificatesOfTheVectors_AgreesOnAllThatCanBeRead()
    {
        int read = 0;
        foreach (string name in Names("ca"))
        {
            string text = Vectors.Ca(name);
            // A repeated extension, an issuer without a name and a date in the wrong form are kept for the checks to name; the
            // other parser refuses them.
            if (
                PemEncoding.TryFind(text, out PemFields fields)
                && ParsedCertificate.TryParse(Convert.FromBase64String(text[fields.Base64Data]))
                    is { HasBadTime: false, Issuer.IsEmpty: false } ours
                && HasSingleExtensions(ours)
            )
            {
                SecondParser.Check(ours);
                read++;
            }
        }

        read.ShouldBeGreaterThan(20);
    }

    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    [InlineData(KeyAlgorithm.EcdsaP384)]
    [InlineData(KeyAlgorithm.EcdsaP521)]
    [InlineData(KeyAlgorithm.Rsa2048)]
    public void Check_WhatEachAlgorithmSigns_Verifies(object algorithm)
    {
        using var authority = new TestAuthority((KeyAlgorithm)algorithm);
        using IssuerKey leaf = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);

        TestAuthority.Issue(
            TestAuthority.Order(authority.Issuer, StandardProfiles.Server(TimeSpan.FromDays(2)), leaf.PublicKey) with
            {
                Names = new GrantedNames { Dns = ["docs.tunnel.test", "*.docs.tunnel.test"] },
                CrlDistributionPoint = RevocationLists.Address,
                OcspResponder = "http://ocsp.test/v1/ocsp/ca_x",
            },
            authority.Key
        );
        RevocationLists.Sign(
            authority,
            RevocationLists.Order(
                authority,
                [.. RevocationReasons.OfLeaves.Select(reason => RevocationLists.Entry(reason))]
            )
        );
        string csr = AuthorityRequest.Create(authority.Key, "Tunnel CA");
        new Org.BouncyCastle.Pkcs.Pkcs10CertificationRequest(Der(csr)).Verify().ShouldBeTrue();
    }

    [Fact]
    public void Check_AnotherKey_DoesNotVerify()
    {
        using var authority = new TestAuthority();
        using var other = new TestAuthority();

        Should.Throw<ShouldAssertException>(() => SecondParser.Check(authority.Certificate, other.RootKey.PublicKey));
    }

    private static IEnumerable<string> Names(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Vectors", folder), "*.pem")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal);

    private static bool HasSingleExtensions(ParsedCertificate certificate) =>
        certificate.Extensions.DistinctBy(extension => extension.Oid).Count() == certificate.Extensions.Count;

    private static byte[] Der(string pem)
    {
        PemFields fields = PemEncoding.Find(pem);
        return Convert.FromBase64String(pem[fields.Base64Data]);
    }
}
