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

    private static readonly IAuthorityCheck[] OrderChecks = [new HoldsOurKey(), new ChainIsOrdered()];

    private static readonly IAuthorityCheck[] AnchorChecks =
    [
        new ChainIsOrdered(),
        new ConformsToRfc5280(),
        new MayBeAnchor(),
        new IsAuthority(),
        new MayCertify(),
        new MayServe(),
        new IsStrong(),
        new HasIdentifiers(),
        new ChainLinksByName(),
        new ChainSignaturesVerify(),
        new PathLengthAllows(),
        new NamesArePermitted(),
        new IsCurrent(),
    ];

    // An authority of clients is judged alone; what its certificates say of names, the registration's patterns bound.
    private static readonly IAuthorityCheck[] ClientAnchorChecks =
    [
        new ConformsToRfc5280(),
        new MayBeAnchor(),
        new IsAuthority(),
        new MayCertify(),
        new MayVouchForClients(),
        new IsStrong(),
        new IsCurrent(),
    ];

    private static readonly IAuthorityCheck[] ChainChecks =
    [
        new HoldsOurKey(),
        new ChainIsOrdered(),
        new ChainIsComplete(),
        new ConformsToRfc5280(),
        new MayBeAnchor(),
        new IsAuthority(),
        new MayCertify(),
        new MayServe(),
        new IsStrong(),
        new HasIdentifiers(),
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
    /// <param name="isPublic">Returns whether an authority is publicly trusted; null = unknown.</param>
    /// <param name="names">The DNS names that it must be able to certify; null = not known.</param>
    public static CaResult<ParsedCertificate> CheckAnchor(
        string pem,
        DateTimeOffset now,
        Func<ParsedCertificate, bool>? isPublic = null,
        GrantedNames? names = null
    ) => CheckOne(pem, AnchorChecks, now, isPublic, names);

    /// <summary>Checks one certificate whose leaves are to open the CONNECT ingress.</summary>
    /// <param name="pem">PEM of exactly one certificate, at most 8 kB.</param>
    /// <param name="now">Moment of the check.</param>
    /// <param name="isPublic">Returns whether an authority is publicly trusted; null = unknown.</param>
    public static CaResult<ParsedCertificate> CheckClientAnchor(
        string pem,
        DateTimeOffset now,
        Func<ParsedCertificate, bool>? isPublic = null
    ) => CheckOne(pem, ClientAnchorChecks, now, isPublic, names: null);

    /// <summary>
    /// Reads a chain as it was pasted; what it says is not judged. A certificate that is there twice in a row, as Vault
    /// writes the new one, is read once.
    /// </summary>
    /// <param name="pem">The authority's certificate, each issuer after it, the root last; at most eight.</param>
    public static CaResult<IReadOnlyList<ParsedCertificate>> ReadChain(string pem) =>
        AuthorityReader.Read(pem, MaxChainLength * MaxCertificateBytes, MaxChainLength);

    /// <summary>What is wrong with the order of the chain; null when each certificate is followed by its issuer.</summary>
    /// <param name="chain">As <see cref="ReadChain"/> read it.</param>
    /// <param name="ourKey">The key of the first certificate; null when the service does not hold it.</param>
    public static CaRefusal? InspectOrder(IReadOnlyList<ParsedCertificate> chain, SubjectPublicKey? ourKey) =>
        FindAll(
                OrderChecks,
                new AuthoritySubject
                {
                    Chain = chain,
                    Now = default,
                    OurKey = ourKey,
                }
            )
            .Find(finding => finding.Code == CaErrorCodes.CaChain);

    /// <summary>Everything that is wrong with the chain for a key that the service holds; the first one matters most.</summary>
    /// <param name="chain">As <see cref="ReadChain"/> read it.</param>
    /// <param name="ourKey">The key that the service holds.</param>
    /// <param name="leafLife">Life of the certificates that the authority will issue.</param>
    /// <param name="names">The DNS names that it will certify.</param>
    /// <param name="now">Moment of the check.</param>
    /// <param name="isPublic">Returns whether an authority is publicly trusted; null = unknown.</param>
    public static IReadOnlyList<CaRefusal> InspectChain(
        IReadOnlyList<ParsedCertificate> chain,
        SubjectPublicKey ourKey,
        TimeSpan leafLife,
        GrantedNames names,
        DateTimeOffset now,
        Func<ParsedCertificate, bool>? isPublic = null
    ) =>
        FindAll(
            ChainChecks,
            new AuthoritySubject
            {
                Chain = chain,
                Now = now,
                IsPublic = isPublic ?? (_ => false),
                OurKey = ourKey,
                LeafLife = leafLife,
                Names = names.Dns,
            }
        );

    /// <summary>Everything that is wrong with an authority that is only to be trusted, and with what is above it.</summary>
    public static IReadOnlyList<CaRefusal> InspectAnchor(
        IReadOnlyList<ParsedCertificate> chain,
        DateTimeOffset now,
        Func<ParsedCertificate, bool>? isPublic = null,
        GrantedNames? names = null
    ) => FindAll(AnchorChecks, CreateSubject(chain, now, isPublic, names));

    /// <summary>Checks the chain for a key that the service holds; the first refusal ends it.</summary>
    /// <param name="pem">The authority's certificate, each issuer after it, the self-signed root last; at most eight.</param>
    /// <param name="ourKey">The key that the service holds.</param>
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
        CaResult<IReadOnlyList<ParsedCertificate>> read = ReadChain(pem);
        if (!read.Succeeded)
        {
            return read;
        }

        return InspectChain(read.Value, ourKey, leafLife, names, now) is [{ } first, ..] ? first : read;
    }

    private static CaResult<ParsedCertificate> CheckOne(
        string pem,
        IAuthorityCheck[] checks,
        DateTimeOffset now,
        Func<ParsedCertificate, bool>? isPublic,
        GrantedNames? names
    )
    {
        CaResult<IReadOnlyList<ParsedCertificate>> read = AuthorityReader.Read(pem, MaxCertificateBytes, 1);
        if (!read.Succeeded)
        {
            return read.Refusal;
        }

        return FindAll(checks, CreateSubject(read.Value, now, isPublic, names)) is [{ } first, ..]
            ? first
            : ToResult(read.Value[0]);
    }

    private static AuthoritySubject CreateSubject(
        IReadOnlyList<ParsedCertificate> chain,
        DateTimeOffset now,
        Func<ParsedCertificate, bool>? isPublic,
        GrantedNames? names
    ) =>
        new()
        {
            Chain = chain,
            Now = now,
            IsPublic = isPublic ?? (_ => false),
            Names = names?.Dns ?? [],
        };

    private static List<CaRefusal> FindAll(IAuthorityCheck[] checks, AuthoritySubject subject)
    {
        List<CaRefusal> findings = [];
        bool isOrdered = true;
        foreach (IAuthorityCheck check in checks)
        {
            // In a chain that is not in order they would report errors that its certificates do not have.
            if (check.NeedsOrder && !isOrdered)
            {
                continue;
            }

            if (check.Check(subject) is { } refusal)
            {
                findings.Add(refusal);
                isOrdered &= check is not (HoldsOurKey or ChainIsOrdered) || refusal.Code != CaErrorCodes.CaChain;
            }
        }

        return findings;
    }

    private static CaResult<ParsedCertificate> ToResult(ParsedCertificate certificate) => certificate;
}
