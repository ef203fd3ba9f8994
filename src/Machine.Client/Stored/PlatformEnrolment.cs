using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Stored;

/// <param name="Id">The agent's enrolment or the edge's id.</param>
internal sealed record PlatformEnrolment(
    string Id,
    string SpiffeId,
    CertificateDocument Certificate,
    BundleDocument PlatformBundle,
    string MachineUrl,
    string TrustDomain
)
{
    public static PlatformEnrolment From(AgentEnrollment answer) =>
        new(
            Id: answer.Id,
            SpiffeId: answer.SpiffeId,
            Certificate: answer.Certificate,
            PlatformBundle: answer.PlatformBundle,
            MachineUrl: answer.MachineUrl,
            TrustDomain: answer.TrustDomain
        );

    public static PlatformEnrolment From(EdgeEnrollment answer) =>
        new(
            Id: answer.Id,
            SpiffeId: answer.SpiffeId,
            Certificate: answer.Certificate,
            PlatformBundle: answer.PlatformBundle,
            MachineUrl: answer.MachineUrl,
            TrustDomain: answer.TrustDomain
        );
}
