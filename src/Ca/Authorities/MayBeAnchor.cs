using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>A public authority would not restrict which agents serve the tunnel; a leaf cannot sign.</summary>
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

        // A leaf: no CA flag (RFC 5280 §4.2.1.9), but names of servers.
        return subject.Own is { BasicConstraints: null or { IsAuthority: false }, SubjectAlternativeNames: not null }
            ? new CaRefusal(
                CaErrorCodes.CaAnchorForbidden,
                "The certificate is a leaf certificate: it names servers and cannot sign certificates."
            )
            : null;
    }
}
