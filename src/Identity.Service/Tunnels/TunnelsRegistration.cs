using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Tunnels.Assignment;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.Challenges;
using Culvert.Identity.Service.Tunnels.ClientAuthorities;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Identity.Service.Tunnels.RangeSets;

namespace Culvert.Identity.Service.Tunnels;

internal static class TunnelsRegistration
{
    public static IServiceCollection AddTunnels(this IServiceCollection services) =>
        services
            .AddSingleton<TunnelStore>()
            .AddSingleton<KnownTunnels>()
            .AddSingleton<RegisteredCertificateStore>()
            .AddSingleton<EdgeStore>()
            .AddSingleton<AssignmentStore>()
            .AddSingleton<EdgeAssignments>()
            .AddSingleton<EdgeHandovers>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<EdgeHandovers>())
            .AddSingleton<AgentReportStore>()
            .AddSingleton<InventoryStore>()
            .AddSingleton<CallerStore>()
            .AddSingleton<RouteDayStore>()
            .AddSingleton<TunnelMinuteStore>()
            .AddSingleton<RouteStore>()
            .AddSingleton<InventoryEndpoints>()
            .AddSingleton<RouteEndpoints>()
            .AddSingleton<ClientRangeSetStore>()
            .AddSingleton<ClientRangeSetEndpoints>()
            .AddSingleton<ClientAuthorityStore>()
            .AddSingleton<ClientAuthorityEndpoints>()
            .AddSingleton<AgentDisconnectStore>()
            .AddSingleton<HostnameStore>()
            .AddSingleton<PublicSuffixFile>()
            .AddSingleton<HostnameRules>()
            .AddSingleton<HostnameProof>()
            .AddSingleton<HostnameRegistry>()
            .AddSingleton<HostnameEndpoints>()
            .AddSingleton<HostnameWatch>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<HostnameWatch>())
            .AddSingleton<AcmeChallengeStore>()
            .AddSingleton<AcmeChallengeEndpoints>()
            .AddSingleton<TunnelAccess>()
            .AddSingleton<TunnelRegistry>()
            .AddSingleton<TunnelTokens>()
            .AddSingleton<TunnelEndpoints>()
            .AddSingleton<EdgeRegistry>()
            .AddSingleton<EdgeEndpoints>()
            .AddSingleton<MachineContacts>()
            .AddSingleton<FeedPolling>()
            .AddSingleton<AgentDirectory>()
            .AddSingleton<AgentEndpoints>()
            .AddSingleton<AgentListEndpoint>()
            .AddSingleton<TunnelEdges>();

    public static void MapTunnels(this ApiHost host)
    {
        var tunnels = host.Services.GetRequiredService<TunnelEndpoints>();
        host.Map(TunnelOperations.Create, tunnels.CreateAsync);
        host.Map(TunnelOperations.List, tunnels.ListAsync);
        host.Map(TunnelOperations.Get, tunnels.RetrieveAsync);
        host.Map(TunnelOperations.Update, tunnels.UpdateAsync);
        host.Map(TunnelOperations.Archive, tunnels.ArchiveAsync);
        host.Map(TunnelOperations.Pause, tunnels.PauseAsync);
        host.Map(TunnelOperations.Resume, tunnels.ResumeAsync);
        host.Map(TunnelOperations.RevealToken, tunnels.RevealTokenAsync);
        host.Map(TunnelOperations.RotateToken, tunnels.RotateTokenAsync);

        var authorities = host.Services.GetRequiredService<ClientAuthorityEndpoints>();
        host.Map(ClientAuthorityOperations.Add, authorities.AddAsync);
        host.Map(ClientAuthorityOperations.List, authorities.ListAsync);
        host.Map(ClientAuthorityOperations.Get, authorities.RetrieveAsync);
        host.Map(ClientAuthorityOperations.Archive, authorities.ArchiveAsync);

        var hostnames = host.Services.GetRequiredService<HostnameEndpoints>();
        host.Map(HostnameOperations.Add, hostnames.AddAsync);
        host.Map(HostnameOperations.List, hostnames.ListAsync);
        host.Map(HostnameOperations.Get, hostnames.RetrieveAsync);
        host.Map(HostnameOperations.Check, hostnames.CheckAsync);
        host.Map(HostnameOperations.Remove, hostnames.RemoveAsync);
        host.Map(HostnameOperations.Approve, hostnames.ApproveAsync);

        var sets = host.Services.GetRequiredService<ClientRangeSetEndpoints>();
        host.Map(ClientRangeSetOperations.List, sets.ListAsync);
        host.Map(ClientRangeSetOperations.Get, sets.RetrieveAsync);
        host.Map(ClientRangeSetOperations.Apply, sets.ApplyAsync);
        host.Map(ClientRangeSetOperations.Remove, sets.RemoveAsync);

        var agents = host.Services.GetRequiredService<AgentEndpoints>();
        host.Map(AgentOperations.ListAll, host.Services.GetRequiredService<AgentListEndpoint>().ListAsync);
        host.Map(AgentOperations.List, agents.ListAsync);
        host.Map(AgentOperations.Revoke, agents.RevokeAsync);
        host.Map(AgentOperations.Disconnect, agents.DisconnectAsync);

        var inventory = host.Services.GetRequiredService<InventoryEndpoints>();
        host.Map(InventoryOperations.ListOfTunnel, inventory.ListAsync);
        host.Map(InventoryOperations.GetTraffic, inventory.ListMinutesAsync);
        host.Map(InventoryOperations.List, inventory.ListAllAsync);
        host.Map(InventoryOperations.ListRoutes, inventory.ListRoutesAsync);
        host.Map(InventoryOperations.ExportRoutes, inventory.ExportRoutesAsync);
        host.Map(InventoryOperations.ListCallers, inventory.ListCallersAsync);
        host.Map(InventoryOperations.ListDays, inventory.ListDaysAsync);

        var routes = host.Services.GetRequiredService<RouteEndpoints>();
        host.Map(InventoryOperations.SetOwner, routes.SetOwnerAsync);
        host.Map(InventoryOperations.Attest, routes.AttestAsync);

        var edges = host.Services.GetRequiredService<EdgeEndpoints>();
        host.Map(EdgeOperations.Create, edges.CreateAsync);
        host.Map(EdgeOperations.List, edges.ListAsync);
        host.Map(EdgeOperations.Get, edges.RetrieveAsync);
        host.Map(EdgeOperations.Drain, edges.DrainAsync);
        host.Map(EdgeOperations.Resume, edges.ResumeAsync);
        host.Map(EdgeOperations.Archive, edges.ArchiveAsync);

        var challenges = host.Services.GetRequiredService<AcmeChallengeEndpoints>();
        host.Map(AcmeChallengeOperations.Announce, challenges.AnnounceAsync);
        host.Map(AcmeChallengeOperations.Get, challenges.RetrieveAsync);
        host.Map(AcmeChallengeOperations.Remove, challenges.EndAsync);
        host.Map(AcmeChallengeOperations.AcknowledgeByAgent, challenges.AcknowledgeByAgentAsync);
        host.Map(AcmeChallengeOperations.AcknowledgeByEdge, challenges.AcknowledgeByEdgeAsync);
    }
}
