using System.Globalization;
using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Webhooks;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Identity.Service.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tunnels.Inventory;

/// <summary>A service with a tunnel, and an agent that reports what was called through it.</summary>
internal sealed class InventoryScene : IAsyncDisposable
{
    private readonly ScriptedPeers peers = new();
    private int sequence;

    private InventoryScene() { }

    public ServiceUnderTest Service { get; private set; } = null!;

    public HttpClient Api => Service.Api;

    public string TunnelId { get; private set; } = "";

    public HttpClient Agent { get; private set; } = null!;

    public static async Task<InventoryScene> StartAsync()
    {
        var scene = new InventoryScene();
        var enrollments = new ScriptedEnrollments();
        scene.Service = await ServiceUnderTest.StartAsync(services =>
            services
                .AddSingleton<IMachinePeerVerifier>(scene.peers)
                .AddSingleton<IAgentEnrollments>(enrollments)
                .AddSingleton<IRevokedMachines>(enrollments)
                .AddSingleton<IWebhookSender>(new ScriptedWebhookSender())
        );
        (scene.TunnelId, scene.Agent) = await scene.AddTunnelAsync(scene.Api);
        return scene;
    }

    /// <summary>A tunnel of that administrator, and an agent of it.</summary>
    public async Task<(string TunnelId, HttpClient Agent)> AddTunnelAsync(HttpClient administrator)
    {
        var tunnel = await administrator.PostOkAsync("/v1/tunnels");
        var (agent, _) = Service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        return (tunnel.Id(), agent);
    }

    /// <summary>One more agent of the scene's tunnel.</summary>
    public async Task<HttpClient> AddAgentAsync(string instanceId)
    {
        var tunnel = await Api.GetOkAsync("/v1/tunnels/" + TunnelId);
        return Service.Agent(peers, tunnel.Text("organization_id"), TunnelId, instanceId).Client;
    }

    /// <summary>The administrator of another organization.</summary>
    public async Task<HttpClient> AddOrganizationAsync()
    {
        var other = await Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        var key = await Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"security-admin","organization_id":"{{other.Id()}}"}"""
        );
        return Service.Client(key.Text("admin_key"));
    }

    /// <summary>The next part of what the agent counted.</summary>
    public async Task<string> ReportAsync(params string[] uses) => await ReportAsync(Agent, uses);

    public Task<string> ReportAsync(HttpClient agent, params string[] uses) =>
        SendPartAsync(agent, $"\"entries\":[{string.Join(',', uses)}]");

    /// <summary>The next part, with what was served by minute.</summary>
    public Task<string> ReportMinutesAsync(params string[] minutes) =>
        SendPartAsync(Agent, $"\"entries\":[],\"minutes\":[{string.Join(',', minutes)}]");

    private async Task<string> SendPartAsync(HttpClient agent, string members)
    {
        var report = WriteReport($$"""{"run":"a","sequence":{{++sequence}},{{members}}}""");
        (await SendAsync(agent, report)).ShouldBe(HttpStatusCode.NoContent);
        return report;
    }

    public static async Task<HttpStatusCode> SendAsync(HttpClient agent, string report) =>
        (await agent.PostAsync("/v1/agent/reports", report)).StatusCode;

    public static string WriteReport(string usage, string routes = "") =>
        $$"""
            {"revision":1,"epochs":{"platform":1,"trust_bundle":0},"serials":{"platform":"a1one","server":null},
             "version":"0.1.0","routes":[{{routes}}],"usage":{{usage}}}
            """;

    public static string Use(string name, string route, params string[] callers) =>
        $$"""
            {"route":"{{route}}","kind":"tool","name":"{{name}}","decisions":{"allow":{{callers.Length}}},
             "last_seen_at":"2020-01-01T00:00:00Z","last_called_at":null,"last_caller":null,
             "callers":[{{string.Join(',', callers)}}]}
            """;

    /// <summary>As <see cref="Use(string, string, string[])"/>, with what was decided and when it was called last.</summary>
    public static string Use(string name, string route, string decisions, DateTimeOffset calledAt) =>
        $$"""
            {"route":"{{route}}","kind":"tool","name":"{{name}}","decisions":{{{decisions}}},
             "last_seen_at":"{{calledAt:yyyy-MM-ddTHH:mm:ssZ}}","last_called_at":"{{calledAt:yyyy-MM-ddTHH:mm:ssZ}}",
             "last_caller":null,"callers":[]}
            """;

    /// <summary>A call whose answers were judged.</summary>
    public static string UseJudged(
        string name,
        string route,
        long rows,
        long removed,
        long withheld = 0,
        long unfit = 0
    ) =>
        $$"""
            {"route":"{{route}}","kind":"tool","name":"{{name}}","decisions":{"allow":5},
             "last_seen_at":"2020-01-01T00:00:00Z","last_called_at":null,"last_caller":null,
             "answers":{"judged":5,"rows_crossed":{{rows}},"rows_kept_inside":{{removed}},"values_removed":7,
              "withheld":{{withheld}},"unfit":{{unfit}} } }
            """;

    /// <summary>One minute; 1 kB of requests and 2 kB of responses for each call.</summary>
    public static string Minute(DateTimeOffset at, long calls, long denied, string durations) =>
        $$"""
            {"at":"{{at:yyyy-MM-ddTHH:mm:00Z}}","calls":{{calls}},"denied":{{denied}},"request_bytes":{{calls * 1000}},
             "response_bytes":{{calls * 2000}},"durations":[{{durations}}]}
            """;

    public static string Caller(string subject, long calls = 1, long denied = 0, int second = 1) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"issuer":"https://login.test","subject":"{{subject}}","client_id":"c","calls":{{calls}},"denied":{{denied}},
             "last_called_at":"2020-01-01T00:00:{{second:00}}Z"}
            """
        );

    public async Task<JsonElement[]> ListAsync(string path) => await ListAsync(Api, path);

    public static async Task<JsonElement[]> ListAsync(HttpClient administrator, string path) =>
        [.. (await administrator.GetOkAsync(path)).GetProperty("data").EnumerateArray()];

    public async Task<JsonElement> GetRouteAsync(string route) =>
        (await ListAsync($"/v1/inventory/routes?route={route}")).Single();

    public async ValueTask DisposeAsync() => await Service.DisposeAsync();
}
