using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>Decides whether a certificate or a chain may be registered, each by one ordered list of named checks.</summary>
public static class AuthorityRegistration
{
    /// <summary>Limit of one certificate, in octets of PEM.</summary>
    public const int MaxCertificateBytes = 8 * 1024;

    /// <summary>Limit of a chain's certificates, including the root.</summary>
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

    // Only the client CA itself is checked; the registration's patterns limit which of its names are accepted.
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

    /// <summary>Checks one certificate that will be a trust anchor of a tunnel; the service does not have its key.</summary>
    /// <param name="pem">PEM of exactly one certificate, at most 8 kB.</param>
    /// <param name="now">Time of the check.</param>
    /// <param name="isPublic">Returns whether an authority is publicly trusted; null = unknown.</param>
    /// <param name="names">The DNS names that it must be able to certify; null = unknown.</param>
    public static CaResult<ParsedCertificate> CheckAnchor(
        string pem,
        DateTimeOffset now,
        Func<ParsedCertificate, bool>? isPublic = null,
        GrantedNames? names = null
    ) => CheckOne(pem, AnchorChecks, now, isPublic, names);

    /// <summary>Checks one certificate that will be a client CA of the CONNECT ingress.</summary>
    /// <param name="pem">PEM of exactly one certificate, at most 8 kB.</param>
    /// <param name="now">Time of the check.</param>
    /// <param name="isPublic">Returns whether an authority is publicly trusted; null = unknown.</param>
    public static CaResult<ParsedCertificate> CheckClientAnchor(
        string pem,
        DateTimeOffset now,
        Func<ParsedCertificate, bool>? isPublic = null
    ) => CheckOne(pem, ClientAnchorChecks, now, isPublic, names: null);

    /// <summary>Parses a pasted chain without judging it. An immediate repetition, as Vault writes, is read once.</summary>
    /// <param name="pem">The authority's certificate, then each issuer, the root last; at most eight.</param>
    public static CaResult<IReadOnlyList<ParsedCertificate>> ReadChain(string pem) =>
        AuthorityReader.Read(pem, MaxChainLength * MaxCertificateBytes, MaxChainLength);

    /// <summary>Why the chain is out of order; null when each certificate is followed by its issuer.</summary>
    /// <param name="chain">The result of <see cref="ReadChain"/>.</param>
    /// <param name="ourKey">The key of the first certificate; null when the service does not have it.</param>
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

    /// <summary>Returns all errors of a chain for a key of the service, the most important first.</summary>
    /// <param name="chain">The result of <see cref="ReadChain"/>.</param>
    /// <param name="ourKey">The service's key.</param>
    /// <param name="leafLife">Lifetime of the certificates that the authority will issue.</param>
    /// <param name="names">The DNS names that the authority will certify.</param>
    /// <param name="now">Time of the check.</param>
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

    /// <summary>Returns all errors of a trust anchor, and of the certificates above it.</summary>
    public static IReadOnlyList<CaRefusal> InspectAnchor(
        IReadOnlyList<ParsedCertificate> chain,
        DateTimeOffset now,
        Func<ParsedCertificate, bool>? isPublic = null,
        GrantedNames? names = null
    ) => FindAll(AnchorChecks, CreateSubject(chain, now, isPublic, names));

    /// <summary>Checks the chain for a key of the service and stops at the first error.</summary>
    /// <param name="pem">The authority's certificate, then each issuer, the self-signed root last; at most eight.</param>
    /// <param name="ourKey">The service's key.</param>
    /// <param name="leafLife">Lifetime of the certificates that the authority will issue.</param>
    /// <param name="names">The DNS names that the authority will certify.</param>
    /// <param name="now">Time of the check.</param>
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
            // In a chain that is out of order, these checks would report errors that its certificates do not have.
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
