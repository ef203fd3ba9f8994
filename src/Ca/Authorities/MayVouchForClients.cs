using Culvert.Ca.Encoding;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>A client CA's extended key usage: absent, or clientAuth or anyExtendedKeyUsage (RFC 5280 §4.2.1.12).</summary>
internal sealed class MayVouchForClients : IAuthorityCheck
{
    // RFC 5280 §4.2.1.12
    private const string AnyUsage = "2.5.29.37.0";

    public CaRefusal? Check(AuthoritySubject subject) =>
        subject.Chain[0].ExtendedKeyUsages is { } purposes
        && !purposes.Contains(Oids.ClientAuth)
        && !purposes.Contains(AnyUsage)
            ? new CaRefusal(CaErrorCodes.CaEku, "Extended key usage is present but lacks clientAuth.")
            : null;
}
