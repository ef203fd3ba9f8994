using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Status.Checks;

namespace Culvert.Identity.Service.Status;

internal static class StatusRegistration
{
    /// <summary>The order of registration is the order in which the checks run and are shown.</summary>
    public static IServiceCollection AddStatus(this IServiceCollection services) =>
        services
            .AddSingleton<TunnelSurvey>()
            .AddSingleton<StatusCheck, IssuersStatus>()
            .AddSingleton<StatusCheck, RulesStatus>()
            .AddSingleton<StatusCheck, AuthoritiesStatus>()
            .AddSingleton<StatusCheck, CertificatesStatus>()
            .AddSingleton<StatusCheck, RevocationListsStatus>()
            .AddSingleton<StatusCheck, PoliciesStatus>()
            .AddSingleton<StatusCheck, ApprovalsStatus>()
            .AddSingleton<StatusCheck, AttestationsStatus>()
            .AddSingleton<StatusCheck, WebhooksStatus>()
            .AddSingleton<StatusCheck, EdgesStatus>()
            .AddSingleton<StatusCheck, NodesStatus>()
            .AddSingleton<StatusCheck, ReadinessStatus>()
            .AddSingleton<StatusCheck, ClockStatusCheck>()
            .AddSingleton<StatusCheck, JobsStatus>()
            .AddSingleton<StatusCheck, PlatformStatus>()
            .AddSingleton<StatusCheck, AuditExportStatus>()
            .AddSingleton<StatusCheck, BackupStatus>()
            .AddSingleton<StatusCheck, AdminKeysStatus>()
            .AddSingleton<StatusEndpoint>();

    public static void MapStatus(this ApiHost host) =>
        host.Map(StatusOperations.Get, host.Services.GetRequiredService<StatusEndpoint>().GetAsync);
}
