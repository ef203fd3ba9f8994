using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.Identity.Service.Tests.Servers.Policies;

/// <summary>A tunnel with an agent, an administrator who drafts policies, and Bob, who is the second person.</summary>
public abstract class PolicyTest : IAsyncLifetime
{
    private protected const string Text = "mode: enforce\nrules:\n  - {name: all, effect: allow, tools: [\"*\"]}\n";
    private protected const string Wide = "mode: observe\ndefault: allow\nrules: []\n";
    private protected const string Narrow = "mode: enforce\nrules: []\n";

    private AuthorityBench? bench;
    private HttpClient? agent;
    private HttpClient? bob;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected AuthorityBench Bench => bench!;

    private protected HttpClient Agent => agent!;

    private protected HttpClient Bob => bob!;

    private protected string Domain { get; private set; } = "";

    private protected string Host => $"docs.{Domain}";

    private protected string Policies => $"/v1/tunnels/{Bench.Machines.TunnelId}/policies";

    private protected string RollBackBody => $$"""{"hostname":"{{Host}}"}""";

    public async ValueTask InitializeAsync()
    {
        bench = await AuthorityBench.StartAsync(
            singleApproval: false,
            configure: services =>
                services
                    .AddSingleton(provider => new BreakingJournal(provider.GetRequiredService<Journal>()))
                    .AddSingleton<IJournal>(provider => provider.GetRequiredService<BreakingJournal>())
        );
        agent = (await Bench.Machines.JoinAsync(Bench.Machines.AgentToken())).Machine;
        (bob, _) = await Bench.PersonAsync("Bob");
        Domain = (await Bench.Api.GetOkAsync($"/v1/tunnels/{Bench.Machines.TunnelId}")).Text("domain")!;
    }

    public async ValueTask DisposeAsync()
    {
        agent?.Dispose();
        bob?.Dispose();
        await Bench.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected Task<HttpResponseMessage> TryDraftAsync(string text, string? hostname = null) =>
        Bench.Api.PostAsync(Policies, Body(text, hostname));

    private protected Task<JsonElement> DraftAsync(string text, string? hostname = null) =>
        Bench.Api.PostOkAsync(Policies, Body(text, hostname));

    private protected Task<JsonElement> ApproveAsync(JsonElement draft) =>
        Bob.PostOkAsync($"{Policies}/{draft.Id()}/approve");

    private protected string Body(string text, string? hostname = null) =>
        new JsonObject { ["hostname"] = hostname ?? Host, ["text"] = text }.ToJsonString();

    /// <summary>The policies that agents get.</summary>
    private protected async Task<JsonElement[]> FeedAsync()
    {
        var feed = await Agent.GetOkAsync("/v1/agent/feed?since=0");
        return feed.TryGetProperty("policies", out var policies) ? [.. policies.EnumerateArray()] : [];
    }

    /// <summary>Of the versions in the list, the newest first.</summary>
    private protected async Task<string[]> IdsAsync(string query) =>
        [
            .. (await Bench.Api.GetOkAsync($"{Policies}{query}"))
                .GetProperty("data")
                .EnumerateArray()
                .Select(one => one.Id()),
        ];
}
