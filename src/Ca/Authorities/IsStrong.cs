using Culvert.Ca.Certificates;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>RSA 2048 to 8192 bits or a NIST curve from P-256; SHA-256 or stronger below the anchor.</summary>
internal sealed class IsStrong : IAuthorityCheck
{
    private const int MinRsaBits = 2048;

    public CaRefusal? Check(AuthoritySubject subject)
    {
        for (int i = 0; i < subject.Chain.Count; i++)
        {
            if (FindError(subject, i) is { } error)
            {
                return new CaRefusal(CaErrorCodes.CaWeak, error + subject.Place(i) + ".");
            }
        }

        return null;
    }

    private static string? FindError(AuthoritySubject subject, int index)
    {
        ParsedCertificate certificate = subject.Chain[index];
        if (certificate.PublicKey is not { } key)
        {
            return "The key is of an unsupported kind or out of bounds";
        }

        if (key.IsRsa && key.Bits < MinRsaBits)
        {
            return "The RSA key has fewer than 2048 bits";
        }

        // The signature of a root at the top of a chain is not relied on. A certificate that is registered alone must still
        // have a strong one: the wire-compatible rule requires it.
        bool isTopRoot = subject.Chain.Count > 1 && certificate.IsSelfIssued;
        return certificate.SignatureScheme is null && !isTopRoot
            ? "The signature algorithm is weaker than SHA-256, unknown or has odd parameters"
            : null;
    }
}
