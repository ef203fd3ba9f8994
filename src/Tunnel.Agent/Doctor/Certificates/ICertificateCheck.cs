using Culvert.Platform.Doctor;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>One question about certificates. It looks at what was gathered and asks nobody.</summary>
internal interface ICertificateCheck
{
    /// <summary>Stable, <c>snake_case</c>.</summary>
    string Id { get; }

    DoctorFinding Run(CertificateFacts facts);
}
