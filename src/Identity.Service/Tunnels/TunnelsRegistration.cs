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
        var access = Access.Scope(Scopes.ManageTunnels);
        var tunnels = host.Services.GetRequiredService<TunnelEndpoints>();
        host.Post("/v1/tunnels", access, tunnels.CreateAsync);
        host.Get("/v1/tunnels", access, tunnels.ListAsync);
        host.Get("/v1/tunnels/{tunnel_id}", access, tunnels.RetrieveAsync);
        host.Post("/v1/tunnels/{tunnel_id}", access, tunnels.UpdateAsync);
        host.Post("/v1/tunnels/{tunnel_id}/archive", access, tunnels.ArchiveAsync);
        host.Post("/v1/tunnels/{tunnel_id}/pause", access, tunnels.PauseAsync);
        host.Post("/v1/tunnels/{tunnel_id}/resume", access, tunnels.ResumeAsync);
        host.Post("/v1/tunnels/{tunnel_id}/reveal_token", access, tunnels.RevealTokenAsync);
        host.Post("/v1/tunnels/{tunnel_id}/rotate_token", access, tunnels.RotateTokenAsync);

        const string Authorities = "/v1/tunnels/{tunnel_id}/client_certificate_authorities";
        var authorities = host.Services.GetRequiredService<ClientAuthorityEndpoints>();
        host.Post(Authorities, access, authorities.AddAsync);
        host.Get(Authorities, access, authorities.ListAsync);
        host.Get($"{Authorities}/{{authority_id}}", access, authorities.RetrieveAsync);
        host.Post($"{Authorities}/{{authority_id}}/archive", access, authorities.ArchiveAsync);

        const string Hostnames = "/v1/tunnels/{tunnel_id}/hostnames";
        var hostnames = host.Services.GetRequiredService<HostnameEndpoints>();
        host.Post(Hostnames, access, hostnames.AddAsync);
        host.Get(Hostnames, access, hostnames.ListAsync);
        host.Get($"{Hostnames}/{{name}}", access, hostnames.RetrieveAsync);
        host.Post($"{Hostnames}/{{name}}/check", access, hostnames.CheckAsync);
        host.Delete($"{Hostnames}/{{name}}", access, hostnames.RemoveAsync);

        var sets = host.Services.GetRequiredService<ClientRangeSetEndpoints>();
        host.Get("/v1/client_range_sets", access, sets.ListAsync);
        host.Get("/v1/client_range_sets/{name}", access, sets.RetrieveAsync);
        host.Post("/v1/client_range_sets/{name}", access, sets.ApplyAsync);
        host.Delete("/v1/client_range_sets/{name}", access, sets.RemoveAsync);

        var agents = host.Services.GetRequiredService<AgentEndpoints>();
        host.Get("/v1/agents", access, host.Services.GetRequiredService<AgentListEndpoint>().ListAsync);
        host.Get("/v1/tunnels/{tunnel_id}/agents", access, agents.ListAsync);
        host.Post("/v1/tunnels/{tunnel_id}/agents/{agent_id}/revoke", access, agents.RevokeAsync);
        host.Post("/v1/tunnels/{tunnel_id}/agents/{agent_id}/disconnect", access, agents.DisconnectAsync);

        var inventory = host.Services.GetRequiredService<InventoryEndpoints>();
        host.Get("/v1/tunnels/{tunnel_id}/inventory", access, inventory.ListAsync);
        host.Get("/v1/tunnels/{tunnel_id}/traffic", access, inventory.ListMinutesAsync);
        host.Get("/v1/inventory", access, inventory.ListAllAsync);
        host.Get("/v1/inventory/routes", access, inventory.ListRoutesAsync);
        host.Get("/v1/inventory/routes/export", access, inventory.ExportRoutesAsync);
        host.Get("/v1/inventory/callers", access, inventory.ListCallersAsync);
        host.Get("/v1/inventory/days", access, inventory.ListDaysAsync);

        const string Route = "/v1/tunnels/{tunnel_id}/routes/{route}";
        var routes = host.Services.GetRequiredService<RouteEndpoints>();
        host.Post(Route, access, routes.SetOwnerAsync);
        host.Post($"{Route}/attest", access, routes.AttestAsync);

        var operate = Access.Scope(Scopes.InstallationOperate);
        host.Post($"{Hostnames}/{{name}}/approve", operate, hostnames.ApproveAsync);
        var edges = host.Services.GetRequiredService<EdgeEndpoints>();
        host.Post("/v1/edges", operate, edges.CreateAsync);
        host.Get("/v1/edges", operate, edges.ListAsync);
        host.Get("/v1/edges/{edge_id}", operate, edges.RetrieveAsync);
        host.Post("/v1/edges/{edge_id}/drain", operate, edges.DrainAsync);
        host.Post("/v1/edges/{edge_id}/resume", operate, edges.ResumeAsync);
        host.Post("/v1/edges/{edge_id}/archive", operate, edges.ArchiveAsync);
    }

    public static void MapTunnels(this MachineHost host)
    {
        const string Challenge = "/v1/agent/acme_challenges/{challenge_id}";
        var challenges = host.Services.GetRequiredService<AcmeChallengeEndpoints>();
        host.Post("/v1/agent/acme_challenges", Access.Agent, challenges.AnnounceAsync);
        host.Get(Challenge, Access.Agent, challenges.RetrieveAsync);
        host.Delete(Challenge, Access.Agent, challenges.EndAsync);
        host.Post($"{Challenge}/acknowledgements", Access.Agent, challenges.AcknowledgeByAgentAsync);
        host.Post(
            "/v1/edge/acme_challenges/{challenge_id}/acknowledgements",
            Access.Edge,
            challenges.AcknowledgeByEdgeAsync
        );
    }
}
