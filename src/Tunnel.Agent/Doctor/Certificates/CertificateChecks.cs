using Culvert.Platform.Doctor;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>All certificate checks; each depends only on those before it.</summary>
internal static class CertificateChecks
{
    private static readonly IReadOnlyList<IDoctorCheck<CertificateFacts>> All =
    [
        new CaFilesCheck(),
        new StateFilesCheck(),
        new TunnelTokenCheck(),
        new PlatformCertificateCheck(),
        new OrganizationCheck(),
        new MachineApiCheck(),
        new TunnelCheck(),
        new BundleEpochCheck(),
        new LeafFilesCheck(),
        new LeafCheck(),
        new LeafNamesCheck(),
        new LeafChainCheck(),
        new AuditCheckpointsCheck(),
    ];

    public static IReadOnlyList<string> Ids => [.. All.Select(check => check.Id)];

    public static IReadOnlyList<DoctorFinding> Run(CertificateFacts facts) =>
        [.. All.Select(check => check.Run(facts))];
}
