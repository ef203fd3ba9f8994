using Culvert.Ca.Certificates;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>The chain reaches a self-signed root without a gap.</summary>
internal sealed class ChainIsComplete : IAuthorityCheck
{
    public bool NeedsOrder => true;

    public CaRefusal? Check(AuthoritySubject subject)
    {
        IReadOnlyList<ParsedCertificate> chain = subject.Chain;
        if (chain.Count == 1)
        {
            return chain[0].IsSelfIssued
                ? new CaRefusal(CaErrorCodes.CaChain, "An authority whose key the service made is not its own root.")
                : new CaRefusal(CaErrorCodes.CaChain, "The certificates above the authority are missing.");
        }

        return chain[^1].IsSelfIssued
            ? null
            : new CaRefusal(CaErrorCodes.CaChain, "The chain does not end with a self-signed root.");
    }
}
