using Culvert.Ca.Certificates;
using Culvert.Ca.Orders;

namespace Culvert.Ca.Linting;

/// <summary>The input of a lint.</summary>
/// <param name="Certificate">The twin, parsed from its own bytes.</param>
internal sealed record LintSubject(ParsedCertificate Certificate, IssuanceOrder Order);
