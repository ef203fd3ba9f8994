using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tunnels.Machines;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.Identity.Service.Tests.Servers.Calls;

/// <summary>A service with a tunnel, an agent that asks for approval of calls, and an identity provider of people.</summary>
internal sealed class CallApprovalScene : IAsyncDisposable
{
    private readonly ScriptedPeers peers = new();

    private CallApprovalScene() { }

    public ServiceUnderTest Service { get; private set; } = null!;

    public HttpClient Api => Service.Api;

    public string OrganizationId { get; private set; } = "";

    public string TunnelId { get; private set; } = "";

    public HttpClient Agent { get; private set; } = null!;

    public static async Task<CallApprovalScene> StartAsync(Func<ServiceOptions, ServiceOptions>? options = null)
    {
        var scene = new CallApprovalScene();
        var enrollments = new ScriptedEnrollments();
        scene.Service = await ServiceUnderTest.StartAsync(
            services =>
                services
                    .AddSingleton<IMachinePeerVerifier>(scene.peers)
                    .AddSingleton<IAgentEnrollments>(enrollments)
                    .AddSingleton<IRevokedMachines>(enrollments),
            given => ConsolePersons.WithProvider(options?.Invoke(given) ?? given)
        );
        var tunnel = await scene.Api.PostOkAsync("/v1/tunnels", """{"display_name":"Payments"}""");
        scene.TunnelId = tunnel.Id();
        scene.OrganizationId = tunnel.Text("organization_id");
        scene.Agent = scene.AgentAs(scene.OrganizationId, scene.TunnelId);
        return scene;
    }

    /// <summary>A machine whose certificate names that organization and tunnel, whether they belong together or not.</summary>
    public HttpClient AgentAs(string organizationId, string tunnelId, string instanceId = "one") =>
        Service.Agent(peers, organizationId, tunnelId, instanceId).Client;

    /// <summary>The administrator of a new organization.</summary>
    public async Task<(string OrganizationId, HttpClient Administrator)> AddOrganizationAsync()
    {
        var other = await Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        var key = await Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"security-admin","organization_id":"{{other.Id()}}"}"""
        );
        return (other.Id(), Service.Client(key.Text("admin_key")));
    }

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}
