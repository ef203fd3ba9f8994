using Culvert.Ca.Certificates;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>From the authority to a self-signed root, each certificate once, each certified by the next.</summary>
internal sealed class ChainIsComplete : IAuthorityCheck
{
    public CaRefusal? Check(AuthoritySubject subject)
    {
        IReadOnlyList<ParsedCertificate> chain = subject.Chain;
        if (chain.DistinctBy(certificate => certificate.Fingerprint).Count() != chain.Count)
        {
            return new CaRefusal(CaErrorCodes.CaChain, "A certificate occurs twice.");
        }

        if (chain.Count == 1)
        {
            return chain[0].IsSelfIssued
                ? new CaRefusal(CaErrorCodes.CaChain, "An authority whose key the service made is not its own root.")
                : new CaRefusal(CaErrorCodes.CaChain, "The certificates above the authority are missing.");
        }

        for (int i = 0; i < chain.Count - 1; i++)
        {
            if (chain[i].IsSelfIssued)
            {
                return new CaRefusal(CaErrorCodes.CaChain, $"Something follows a root{subject.Place(i)}.");
            }
        }

        return chain[^1].IsSelfIssued
            ? null
            : new CaRefusal(CaErrorCodes.CaChain, "The chain does not end with a self-signed root.");
    }
}
