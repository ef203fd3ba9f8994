using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>Decides whether a certificate or a chain may be registered: one ordered list of named checks each.</summary>
public static class AuthorityRegistration
{
    /// <summary>Bound on one certificate, in octets of PEM.</summary>
    public const int MaxCertificateBytes = 8 * 1024;

    /// <summary>Bound on the certificates of a chain, the root included.</summary>
    public const int MaxChainLength = 8;

    private static readonly IAuthorityCheck[] AnchorChecks =
    [
        new ConformsToRfc5280(),
        new IsAuthority(),
        new MayCertify(),
        new MayServe(),
        new IsStrong(),
        new HasIdentifiers(),
        new ChainLinksByName(),
        new ChainSignaturesVerify(),
        new IsCurrent(),
    ];

    private static readonly IAuthorityCheck[] ChainChecks =
    [
        new HoldsOurKey(),
        new ConformsToRfc5280(),
        new IsAuthority(),
        new MayCertify(),
        new MayServe(),
        new IsStrong(),
        new HasIdentifiers(),
        new ChainIsComplete(),
        new ChainLinksByName(),
        new ChainSignaturesVerify(),
        new PathLengthAllows(),
        new NamesArePermitted(),
        new IsCurrent(),
        new EndsBeforeIssuer(),
        new LivesLongEnough(),
    ];

    /// <summary>Checks one certificate that is to be a trust anchor of a tunnel; its key stays elsewhere.</summary>
    /// <param name="pem">PEM of exactly one certificate, at most 8 kB.</param>
    /// <param name="now">Moment of the check.</param>
    public static CaResult<ParsedCertificate> CheckAnchor(string pem, DateTimeOffset now)
    {
        CaResult<IReadOnlyList<ParsedCertificate>> read = AuthorityReader.Read(pem, MaxCertificateBytes, 1);
        if (!read.Succeeded)
        {
            return read.Refusal;
        }

        return Run(AnchorChecks, new AuthoritySubject { Chain = read.Value, Now = now }) is { } refusal
            ? refusal
            : CaResultOf(read.Value[0]);
    }

    /// <summary>Checks the chain for a key that the service made.</summary>
    /// <param name="pem">The authority's certificate, each issuer after it, the self-signed root last; at most eight.</param>
    /// <param name="ourKey">The key that the service made.</param>
    /// <param name="leafLife">Life of the certificates that the authority will issue.</param>
    /// <param name="names">The DNS names that it will certify.</param>
    /// <param name="now">Moment of the check.</param>
    public static CaResult<IReadOnlyList<ParsedCertificate>> CheckChain(
        string pem,
        SubjectPublicKey ourKey,
        TimeSpan leafLife,
        GrantedNames names,
        DateTimeOffset now
    )
    {
        CaResult<IReadOnlyList<ParsedCertificate>> read = AuthorityReader.Read(
            pem,
            MaxChainLength * MaxCertificateBytes,
            MaxChainLength
        );
        if (!read.Succeeded)
        {
            return read.Refusal;
        }

        var subject = new AuthoritySubject
        {
            Chain = read.Value,
            Now = now,
            OurKey = ourKey,
            LeafLife = leafLife,
            Names = names.Dns,
        };
        return Run(ChainChecks, subject) is { } refusal ? refusal : read;
    }

    private static CaRefusal? Run(IAuthorityCheck[] checks, AuthoritySubject subject)
    {
        foreach (IAuthorityCheck check in checks)
        {
            if (check.Check(subject) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static CaResult<ParsedCertificate> CaResultOf(ParsedCertificate certificate) => certificate;
}
