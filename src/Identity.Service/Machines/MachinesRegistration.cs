using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Machines;

internal static class MachinesRegistration
{
    public static IServiceCollection AddMachines(this IServiceCollection services) =>
        services
            .AddSingleton<FeedNames>()
            .AddSingleton<EdgeTunnels>()
            .AddSingleton<EdgeContacts>()
            .AddSingleton<MachineFacts>()
            .AddSingleton<FeedRevocations>()
            .AddSingleton<FeedPeople>()
            .AddSingleton<FeedAuthorization>()
            .AddSingleton<InstallationFeeds>()
            .AddSingleton<AgentFeeds>()
            .AddSingleton<AgentFeedEndpoint>()
            .AddSingleton<EdgeFeedEndpoint>()
            .AddSingleton<AuditDisputes>()
            .AddSingleton<ReportEndpoints>()
            .AddSingleton<CheckpointEndpoint>()
            .AddSingleton<LostEdges>()
            .AddSingleton<TunnelReadiness>()
            .AddSingleton<ReadinessMetrics>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<ReadinessMetrics>())
            .AddSingleton<IMachinePeerVerifier, MachinePeers>()
            .AddSingleton<StatusEndpoint>();

    public static void MapMachines(this ApiHost host)
    {
        host.Map(MachineOperations.GetTunnelStatus, host.Services.GetRequiredService<StatusEndpoint>().GetAsync);
        var reports = host.Services.GetRequiredService<ReportEndpoints>();
        host.Map(MachineOperations.GetAgentFeed, host.Services.GetRequiredService<AgentFeedEndpoint>().GetAsync);
        host.Map(MachineOperations.ReportAsAgent, reports.AgentAsync);
        host.Map(MachineOperations.SubmitCheckpoint, host.Services.GetRequiredService<CheckpointEndpoint>().PostAsync);
        host.Map(MachineOperations.GetEdgeFeed, host.Services.GetRequiredService<EdgeFeedEndpoint>().GetAsync);
        host.Map(MachineOperations.ReportAsEdge, reports.EdgeAsync);
    }
}
