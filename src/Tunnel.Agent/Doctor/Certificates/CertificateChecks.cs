using Culvert.Platform.Doctor;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>All certificate checks; each depends only on those before it.</summary>
internal static class CertificateChecks
{
    private static readonly IReadOnlyList<(string Id, Func<CertificateFacts, DoctorFinding> Run)> All =
    [
        (FileChecks.CaFiles, FileChecks.CheckCaFiles),
        (FileChecks.StateFiles, FileChecks.CheckStateFiles),
        (FileChecks.TunnelToken, FileChecks.CheckTunnelToken),
        (IdentityChecks.PlatformCertificate, IdentityChecks.CheckPlatformCertificate),
        (IdentityChecks.Organization, IdentityChecks.CheckOrganization),
        (IdentityChecks.MachineApi, IdentityChecks.CheckMachineApi),
        (FeedChecks.Tunnel, FeedChecks.CheckTunnel),
        (FeedChecks.BundleEpoch, FeedChecks.CheckBundleEpoch),
        (LeafChecks.Files, LeafChecks.CheckFiles),
        (LeafChecks.Certificate, LeafChecks.CheckCertificate),
        (LeafChecks.Names, LeafChecks.CheckNames),
        (LeafChecks.Chain, LeafChecks.CheckChain),
        (FileChecks.AuditCheckpoints, FileChecks.CheckAuditCheckpoints),
    ];

    public static IReadOnlyList<string> Ids => [.. All.Select(check => check.Id)];

    public static IReadOnlyList<DoctorFinding> Run(CertificateFacts facts) =>
        [.. All.Select(check => check.Run(facts))];
}
