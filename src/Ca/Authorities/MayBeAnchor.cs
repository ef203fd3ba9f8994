using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>
/// A tunnel's anchors say who may speak for the tunnel: an authority that certifies anybody says nothing, and a leaf
/// says nothing about others.
/// </summary>
internal sealed class MayBeAnchor : IAuthorityCheck
{
    public CaRefusal? Check(AuthoritySubject subject)
    {
        for (int i = 0; i < subject.Chain.Count; i++)
        {
            if (subject.IsPublic(subject.Chain[i]))
            {
                return new CaRefusal(
                    CaErrorCodes.CaAnchorForbidden,
                    "This authority issues certificates to the public: it is a web CA, or the operating system of the service "
                        + $"trusts it or the one above it{subject.Place(i)}."
                );
            }
        }

        // What an authority never has: RFC 5280 §4.2.1.9 with names of servers.
        return
            subject.Chain[0] is { BasicConstraints: null or { IsAuthority: false }, SubjectAlternativeNames: not null }
            ? new CaRefusal(
                CaErrorCodes.CaAnchorForbidden,
                "The certificate is a leaf certificate: it names servers and cannot sign certificates."
            )
            : null;
    }
}
