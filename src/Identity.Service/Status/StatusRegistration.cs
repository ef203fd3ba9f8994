using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Status.Checks;

namespace Culvert.Identity.Service.Status;

internal static class StatusRegistration
{
    /// <summary>The order of registration is the order in which the checks run and are shown.</summary>
    public static IServiceCollection AddStatus(this IServiceCollection services) =>
        services
            .AddSingleton<TunnelSurvey>()
            .AddSingleton<IStatusCheck, IssuersStatus>()
            .AddSingleton<IStatusCheck, AuthoritiesStatus>()
            .AddSingleton<IStatusCheck, CertificatesStatus>()
            .AddSingleton<IStatusCheck, RevocationListsStatus>()
            .AddSingleton<IStatusCheck, PoliciesStatus>()
            .AddSingleton<IStatusCheck, ApprovalsStatus>()
            .AddSingleton<IStatusCheck, AttestationsStatus>()
            .AddSingleton<IStatusCheck, WebhooksStatus>()
            .AddSingleton<IStatusCheck, EdgesStatus>()
            .AddSingleton<IStatusCheck, NodesStatus>()
            .AddSingleton<IStatusCheck, ReadinessStatus>()
            .AddSingleton<IStatusCheck, ClockStatusCheck>()
            .AddSingleton<IStatusCheck, JobsStatus>()
            .AddSingleton<IStatusCheck, PlatformStatus>()
            .AddSingleton<IStatusCheck, AuditExportStatus>()
            .AddSingleton<IStatusCheck, BackupStatus>()
            .AddSingleton<IStatusCheck, AdminKeysStatus>()
            .AddSingleton<StatusEndpoint>();

    public static void MapStatus(this ApiHost host) =>
        host.Map(StatusOperations.Get, host.Services.GetRequiredService<StatusEndpoint>().GetAsync);
}
