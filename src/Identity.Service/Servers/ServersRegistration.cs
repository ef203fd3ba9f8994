using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.People;
using Culvert.Identity.Service.Servers.Calls;
using Culvert.Identity.Service.Servers.Policies;

namespace Culvert.Identity.Service.Servers;

internal static class ServersRegistration
{
    public static IServiceCollection AddServers(this IServiceCollection services) =>
        services
            .AddSingleton<ReportedChanges>()
            .AddSingleton<UsageReports>()
            .AddSingleton<UnfitAnswers>()
            .AddSingleton<AttestationNotices>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<AttestationNotices>())
            .AddSingleton<RoutePolicyStore>()
            .AddSingleton<RoutePolicies>()
            .AddSingleton<RoutePolicyEndpoints>()
            .AddSingleton<CallApprovalStore>()
            .AddSingleton<CallerPersons>()
            .AddSingleton<IOffBoardingEffect, CallApprovalOffBoarding>()
            .AddSingleton<CallApprovals>()
            .AddSingleton<CallApprovalEndpoints>()
            .AddSingleton<CallDecisionEndpoint>();

    public static void MapServers(this ApiHost host)
    {
        var policies = host.Services.GetRequiredService<RoutePolicyEndpoints>();
        host.Map(PolicyOperations.Draft, policies.DraftAsync);
        host.Map(PolicyOperations.List, policies.ListAsync);
        host.Map(PolicyOperations.Get, policies.RetrieveAsync);
        host.Map(PolicyOperations.Approve, policies.ApproveAsync);
        host.Map(PolicyOperations.Reject, policies.RejectAsync);
        host.Map(PolicyOperations.Withdraw, policies.WithdrawAsync);
        host.Map(PolicyOperations.RollBack, policies.RollBackAsync);
        var approvals = host.Services.GetRequiredService<CallApprovalEndpoints>();
        host.Map(CallApprovalOperations.ListAll, approvals.ListAllAsync);
        host.Map(CallApprovalOperations.List, approvals.ListAsync);
        host.Map(CallApprovalOperations.Get, approvals.RetrieveAsync);
        host.Map(CallApprovalOperations.Approve, approvals.ApproveAsync);
        host.Map(CallApprovalOperations.Reject, approvals.RejectAsync);
        host.Map(CallApprovalOperations.Request, approvals.RequestAsync);
        host.Map(CallApprovalOperations.Decide, host.Services.GetRequiredService<CallDecisionEndpoint>().PostAsync);
    }
}
