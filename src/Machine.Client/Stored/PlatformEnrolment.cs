using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Stored;

internal sealed record PlatformEnrolment
{
    /// <summary>The agent's enrolment or the edge's id.</summary>
    public required string Id { get; init; }

    public required string SpiffeId { get; init; }

    public required CertificateDocument Certificate { get; init; }

    public required BundleDocument PlatformBundle { get; init; }

    public required string MachineUrl { get; init; }

    public required string TrustDomain { get; init; }

    public static PlatformEnrolment From(AgentEnrollment answer) =>
        new()
        {
            Id = answer.Id,
            SpiffeId = answer.SpiffeId,
            Certificate = answer.Certificate,
            PlatformBundle = answer.PlatformBundle,
            MachineUrl = answer.MachineUrl,
            TrustDomain = answer.TrustDomain,
        };

    public static PlatformEnrolment From(EdgeEnrollment answer) =>
        new()
        {
            Id = answer.Id,
            SpiffeId = answer.SpiffeId,
            Certificate = answer.Certificate,
            PlatformBundle = answer.PlatformBundle,
            MachineUrl = answer.MachineUrl,
            TrustDomain = answer.TrustDomain,
        };
}
