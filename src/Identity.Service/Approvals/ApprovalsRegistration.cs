using Culvert.Identity.Service.Federation.Administration;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Approvals;

internal static class ApprovalsRegistration
{
    public static IServiceCollection AddApprovals(this IServiceCollection services) =>
        services.AddSingleton<PersonIdentification>().AddSingleton<RuleApprovalEndpoints>();

    public static void MapApprovals(this ApiHost host)
    {
        var rules = host.Services.GetRequiredService<RuleApprovalEndpoints>();
        host.Map(RuleOperations.Approve, rules.ApproveAsync);
        host.Map(RuleOperations.Reject, rules.RejectAsync);
    }
}
