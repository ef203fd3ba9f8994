using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Doctor;

internal static class ServiceChecks
{
    private static readonly IReadOnlyList<IDoctorCheck<ServiceFacts>> All =
    [
        new StateDirectoryCheck(),
        new DatabaseCheck(),
        new DiskSpaceCheck(),
        new SealingKeyCheck(),
        new SealingKeyBackupCheck(),
        new ClockCheck(),
        new HsmFilesCheck(),
        new HsmCheck(),
        new AuthoritiesCheck(),
        new RevocationListsCheck(),
        new IssuersCheck(),
        new AuditExportCheck(),
        new TunnelLimitCheck(),
        new TunnelCertificatesCheck(),
        new ApiCertificateCheck(),
    ];

    public static IReadOnlyList<string> Ids => [.. All.Select(check => check.Id)];

    public static IReadOnlyList<DoctorFinding> Run(ServiceFacts facts) => [.. All.Select(check => check.Run(facts))];
}
