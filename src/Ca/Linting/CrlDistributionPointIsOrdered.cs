using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;

namespace Culvert.Ca.Linting;

/// <summary>The list's address is the ordered one, is not critical, and every verifier can fetch it.</summary>
internal sealed class CrlDistributionPointIsOrdered : ICertificateLint
{
    public string Name => "crl_distribution_point_is_ordered";

    public string Clause => "RFC 5280 §4.2.1.13";

    public bool Holds(LintSubject subject) =>
        OrderedAddress.Holds(
            subject,
            Oids.CrlDistributionPoints,
            subject.Order.CrlDistributionPoint,
            ExtensionReaders.ReadCrlDistributionPoint
        );
}
