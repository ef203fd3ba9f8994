using Culvert.Ca.Certificates;
using Culvert.Ca.Issuance;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Orders;
using Culvert.Ca.Profiles;
using Culvert.Ca.Tests.SecondOpinion;
using Shouldly;

namespace Culvert.Ca.Tests;

/// <summary>A platform authority of two tiers, made by the code under test.</summary>
internal sealed class TestAuthority : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public TestAuthority(KeyAlgorithm algorithm = KeyAlgorithm.EcdsaP256)
    {
        var rootName = DistinguishedName.FromCommonName("Test root");
        RootKey = IssuerKey.Generate(KeyAlgorithm.EcdsaP384);
        Root = Issue(
            Issuer.Self(rootName, RootKey.PublicKey),
            RootKey,
            rootName,
            RootKey,
            StandardProfiles.PlatformRoot()
        );
        Key = IssuerKey.Generate(algorithm);
        Certificate = Issue(
            Issuer.FromChain([Root]),
            RootKey,
            DistinguishedName.FromCommonName("Test issuing"),
            Key,
            StandardProfiles.PlatformIssuing() with
            {
                KeyAlgorithms = [KeyAlgorithms.Name(algorithm)],
            }
        );
        Issuer = Issuer.FromChain([Certificate, Root]);
    }

    public IssuerKey RootKey { get; }

    public ParsedCertificate Root { get; }

    public IssuerKey Key { get; }

    public ParsedCertificate Certificate { get; }

    public Issuer Issuer { get; }

    public static IssuanceOrder Order(Issuer issuer, CertificateProfileOptions profile, SubjectPublicKey key) =>
        new()
        {
            Issuer = issuer,
            Profile = CertificateProfile.CreateValid(profile),
            PublicKey = key,
            Serial = SerialNumber.Draw(1, Now),
            Now = Now,
        };

    /// <summary>Issues what was ordered, and has it read by the second parser.</summary>
    public static IssuedCertificate Issue(IssuanceOrder order, IssuerKey issuerKey)
    {
        var plan = IssuancePlan.Prepare(order);
        var issued = plan.Value.ShouldNotBeNull(plan.Refusal?.Message).Redeem(issuerKey).Value.ShouldNotBeNull();
        SecondParser.Check(issued.Certificate, issuerKey.PublicKey);
        return issued;
    }

    public void Dispose()
    {
        RootKey.Dispose();
        Key.Dispose();
    }

    private static ParsedCertificate Issue(
        Issuer issuer,
        IssuerKey issuerKey,
        DistinguishedName subject,
        IssuerKey subjectKey,
        CertificateProfileOptions profile
    )
    {
        IssuanceOrder order = Order(issuer, profile, subjectKey.PublicKey) with { Subject = subject };
        return Issue(order, issuerKey).Certificate;
    }
}
