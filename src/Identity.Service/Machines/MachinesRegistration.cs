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

    public static void MapMachines(this ApiHost host) =>
        host.Get(
            "/v1/tunnels/{tunnel_id}/status",
            Access.Scope(Scopes.ManageTunnels),
            host.Services.GetRequiredService<StatusEndpoint>().GetAsync
        );

    public static void MapMachines(this MachineHost host)
    {
        var reports = host.Services.GetRequiredService<ReportEndpoints>();
        host.Get("/v1/agent/feed", Access.Agent, host.Services.GetRequiredService<AgentFeedEndpoint>().GetAsync);
        host.Post("/v1/agent/reports", Access.Agent, reports.AgentAsync);
        host.Post(
            "/v1/agent/checkpoints",
            Access.Agent,
            host.Services.GetRequiredService<CheckpointEndpoint>().PostAsync
        );
        host.Get("/v1/edge/feed", Access.Edge, host.Services.GetRequiredService<EdgeFeedEndpoint>().GetAsync);
        host.Post("/v1/edge/reports", Access.Edge, reports.EdgeAsync);
    }
}
