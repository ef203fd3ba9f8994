using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Servers.Calls;

namespace Culvert.Identity.Service.Servers;

/// <summary>The registration of notices about servers behind tunnels, and of approvals of calls to them.</summary>
internal static class ServersRegistration
{
    public static IServiceCollection AddServers(this IServiceCollection services) =>
        services
            .AddSingleton<ReportedChanges>()
            .AddSingleton<UsageReports>()
            .AddSingleton<AttestationNotices>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<AttestationNotices>())
            .AddSingleton<CallApprovalStore>()
            .AddSingleton<CallApprovals>()
            .AddSingleton<CallApprovalEndpoints>();

    public static void MapServers(this ApiHost host)
    {
        const string Approvals = "/v1/tunnels/{tunnel_id}/approvals";
        var access = Access.Scope(Scopes.ManageTunnels);
        var approvals = host.Services.GetRequiredService<CallApprovalEndpoints>();
        host.Get("/v1/approvals", access, approvals.ListAllAsync);
        host.Get(Approvals, access, approvals.ListAsync);
        host.Get($"{Approvals}/{{approval_id}}", access, approvals.RetrieveAsync);
        host.Post($"{Approvals}/{{approval_id}}/approve", access, approvals.ApproveAsync);
        host.Post($"{Approvals}/{{approval_id}}/reject", access, approvals.RejectAsync);
    }

    public static void MapServers(this MachineHost host) =>
        host.Post(
            "/v1/agent/approvals",
            Access.Agent,
            host.Services.GetRequiredService<CallApprovalEndpoints>().AskAsync
        );
}
