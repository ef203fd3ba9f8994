using Culvert.Ca.Certificates;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>Each certificate occurs once and is followed by its issuer, by name; a root is the last.</summary>
internal sealed class ChainIsOrdered : IAuthorityCheck
{
    public bool NeedsOrder => true;

    public CaRefusal? Check(AuthoritySubject subject)
    {
        for (int i = 0; i < subject.Chain.Count - 1; i++)
        {
            if (FindError(subject, i) is { } error)
            {
                return new CaRefusal(CaErrorCodes.CaChain, error);
            }
        }

        return null;
    }

    private static string? FindError(AuthoritySubject subject, int index)
    {
        IReadOnlyList<ParsedCertificate> chain = subject.Chain;
        ParsedCertificate certificate = chain[index];
        if (FindOther(chain, index, other => other.Fingerprint == certificate.Fingerprint) is { } twin)
        {
            return $"A certificate occurs twice (certificates {index + 1} and {twin + 1} of {chain.Count}).";
        }

        if (certificate.IsSelfIssued)
        {
            return chain.Skip(index + 1).Any(below => IsNamedBy(below, certificate))
                ? $"The chain is in the wrong order: the root must be the last{subject.Place(index)}."
                : $"Something follows a root{subject.Place(index)}.";
        }

        if (IsNamedBy(certificate, chain[index + 1]))
        {
            return null;
        }

        return FindOther(chain, index, other => IsNamedBy(certificate, other)) is { } issuer
            ? $"The chain is in the wrong order: certificate {issuer + 1} issued certificate {index + 1} and must follow it."
            : $"The certificate was not issued by the next one{subject.Place(index)}.";
    }

    private static int? FindOther(
        IReadOnlyList<ParsedCertificate> chain,
        int index,
        Func<ParsedCertificate, bool> isWanted
    )
    {
        for (int i = 0; i < chain.Count; i++)
        {
            if (i != index && isWanted(chain[i]))
            {
                return i;
            }
        }

        return null;
    }

    // The same name in another encoding is an error of its own, which ChainLinksByName reports.
    private static bool IsNamedBy(ParsedCertificate certificate, ParsedCertificate issuer) =>
        certificate.Issuer.HasSameEncoding(issuer.Subject)
        || (
            certificate.Issuer.CommonNames.Count > 0
            && certificate.Issuer.CommonNames.SequenceEqual(issuer.Subject.CommonNames)
        );
}
