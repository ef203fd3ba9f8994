using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>A proof that the request itself presented.</summary>
/// <param name="LiveUntil">
/// The machine counts as live until then, from the intent on: a certificate that is revoked before it is recorded must
/// already be listed.
/// </param>
internal sealed record FreshProof(Caller Caller, DateTimeOffset At, DateTimeOffset LiveUntil)
{
    public EnrollmentProof Proof { get; } = EnrollmentProof.From(Caller);
}
