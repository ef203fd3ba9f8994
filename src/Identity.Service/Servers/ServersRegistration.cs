using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Servers.Calls;
using Culvert.Identity.Service.Servers.Policies;

namespace Culvert.Identity.Service.Servers;

internal static class ServersRegistration
{
    public static IServiceCollection AddServers(this IServiceCollection services) =>
        services
            .AddSingleton<ReportedChanges>()
            .AddSingleton<UsageReports>()
            .AddSingleton<AttestationNotices>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<AttestationNotices>())
            .AddSingleton<RoutePolicyStore>()
            .AddSingleton<RoutePolicies>()
            .AddSingleton<RoutePolicyEndpoints>()
            .AddSingleton<CallApprovalStore>()
            .AddSingleton<CallApprovals>()
            .AddSingleton<CallApprovalEndpoints>()
            .AddSingleton<CallDecisionEndpoint>();

    public static void MapServers(this ApiHost host)
    {
        const string Approvals = "/v1/tunnels/{tunnel_id}/approvals";
        const string Policies = "/v1/tunnels/{tunnel_id}/policies";
        var access = Access.Scope(Scopes.ManageTunnels);
        var decide = Access.Scope(Scopes.OrganizationAdmin);
        var policies = host.Services.GetRequiredService<RoutePolicyEndpoints>();
        host.Post(Policies, access, policies.DraftAsync);
        host.Get(Policies, access, policies.ListAsync);
        host.Get($"{Policies}/{{policy_id}}", access, policies.RetrieveAsync);
        host.Post($"{Policies}/{{policy_id}}/approve", decide, policies.ApproveAsync);
        host.Post($"{Policies}/{{policy_id}}/reject", decide, policies.RejectAsync);
        host.Post($"{Policies}/{{policy_id}}/withdraw", access, policies.WithdrawAsync);
        host.Post($"{Policies}/rollback", decide, policies.RollBackAsync);
        var approvals = host.Services.GetRequiredService<CallApprovalEndpoints>();
        host.Get("/v1/approvals", access, approvals.ListAllAsync);
        host.Get(Approvals, access, approvals.ListAsync);
        host.Get($"{Approvals}/{{approval_id}}", access, approvals.RetrieveAsync);
        host.Post($"{Approvals}/{{approval_id}}/approve", access, approvals.ApproveAsync);
        host.Post($"{Approvals}/{{approval_id}}/reject", access, approvals.RejectAsync);
        host.Post(
            "/v1/webhooks/{webhook_id}/decisions",
            Access.Anonymous,
            host.Services.GetRequiredService<CallDecisionEndpoint>().PostAsync
        );
    }

    public static void MapServers(this MachineHost host) =>
        host.Post(
            "/v1/agent/approvals",
            Access.Agent,
            host.Services.GetRequiredService<CallApprovalEndpoints>().AskAsync
        );
}
