using System.Text.Json;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>
/// A server changes the description of an approved tool while the agent serves it. The route exists as long as this runs.
/// </summary>
internal sealed class DriftDemonstration(
    Installation installation,
    Checkout checkout,
    RunDirectory run,
    StepReporter steps,
    TimeProvider time
)
{
    private const string Route = "weather";
    private const string Tool = "weather";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryRoutes routes = new(
        installation,
        new DemonstrationServer("changing-server", "changing.mjs", checkout, run, time),
        run
    );

    private Uri endpoint = null!;
    private string token = "";

    /// <summary>Ten lines at most: what was approved, what changed, and who noticed.</summary>
    public Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken) =>
        routes.RunAsync(WithRoute, () => ShowAsync(cancellationToken), cancellationToken);

    private async Task<IReadOnlyList<string>> ShowAsync(CancellationToken cancellationToken)
    {
        endpoint = new Uri(
            installation.Endpoint.AbsoluteUri.Replace(TunnelAgent.Route + ".", Route + ".", StringComparison.Ordinal)
        );
        token = await installation.TokenAsync(endpoint, cancellationToken);
        await steps.RunAsync(
            "route with pins",
            installation.Agent.Process.LogFile,
            async () => await UntilListedAsync(cancellationToken)
        );
        var answer = await CallAsync(cancellationToken);
        await ChangeAsync(cancellationToken);
        var listed = await ListAsync(cancellationToken);
        var denied = await CallAsync(cancellationToken);
        var diff = await routes.AgentAsync(["pins", "diff", Route, Tool], cancellationToken);
        var record = await FindRecordAsync(cancellationToken);
        var log = await FindLogLineAsync(cancellationToken);
        return
        [
            $"approved     {Route}: the tool {Tool}, as the server described it when the route began",
            $"before       tools/call {Tool} -> {answer}",
            $"change       the server describes {Tool} in other words, under the running agent",
            $"client       tools/list shows {(listed.Contains(Tool) ? Tool : "no tool any more")}; tools/call -> {denied}",
            $"agent        {log}",
            $"record       {record}",
            $"operator     tunnel-agent pins diff {Route} {Tool}:",
            .. diff.Split('\n')
                .Where(line =>
                    line.StartsWith("  - ", StringComparison.Ordinal)
                    || line.StartsWith("  + ", StringComparison.Ordinal)
                ),
            $"try next     docs/pins.md: what counts as a change, and how to approve one",
        ];
    }

    // What an earlier demonstration showed it counts for one more refresh; it serves the route when the server has been read and pinned.
    private async Task<string> UntilListedAsync(CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + Patience;
        while (true)
        {
            try
            {
                var tools = await ListAsync(cancellationToken);
                if (tools.Contains(Tool))
                {
                    return $"{endpoint} lists {Tool}";
                }
            }
            catch (HopFailureException) when (time.GetUtcNow() < deadline)
            {
                // not served yet
            }

            if (time.GetUtcNow() >= deadline)
            {
                throw new HopFailureException(TunnelAgent.AutomaticName, $"{endpoint} does not list {Tool}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }
    }

    private async Task ChangeAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        using var answer = await client.PostAsync(
            new Uri(routes.Server.Upstreams[0], "/change"),
            null,
            cancellationToken
        );
        answer.EnsureSuccessStatusCode();
    }

    private Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        installation.Inspector.ListToolsAsync(
            endpoint,
            installation.Record.Tunnel.TrustBundle,
            token,
            cancellationToken
        );

    private async Task<string> CallAsync(CancellationToken cancellationToken)
    {
        var result = await installation.Inspector.TryRunAsync(
            endpoint,
            installation.Record.Tunnel.TrustBundle,
            token,
            ["--method", "tools/call", "--tool-name", Tool, "--tool-arg", "city=Bern"],
            cancellationToken
        );
        if (!result.Succeeded)
        {
            return "denied: " + result.Error.Trim().Split('\n')[0];
        }

        using var answer = JsonDocument.Parse(result.Output);
        return $"\"{answer.RootElement.GetProperty("content")[0].GetProperty("text").GetString()}\"";
    }

    private async Task<string> FindRecordAsync(CancellationToken cancellationToken)
    {
        var tail = await routes.AgentAsync(["audit", "tail", "--lines", "20"], cancellationToken);
        foreach (
            var line in tail.Split('\n').Reverse().Where(line => line.Contains("\"deny\"", StringComparison.Ordinal))
        )
        {
            using var record = JsonDocument.Parse(line);
            var root = record.RootElement;
            return $"number {root.GetProperty("seq")}: {root.GetProperty("decision")}, {root.GetProperty("reason")} ({root.GetProperty("drift")})";
        }

        return "no denial is recorded";
    }

    private async Task<string> FindLogLineAsync(CancellationToken cancellationToken)
    {
        foreach (
            var line in (await File.ReadAllLinesAsync(installation.Agent.Process.LogFile, cancellationToken)).Reverse()
        )
        {
            if (
                line.Contains($"\"route\":\"{Route}\"", StringComparison.Ordinal)
                && line.Contains("\"PinDrift\"", StringComparison.Ordinal)
            )
            {
                using var entry = JsonDocument.Parse(line);
                return $"event {entry.RootElement.GetProperty("event_id")}: {entry.RootElement.GetProperty("msg")}";
            }
        }

        return "it did not notice";
    }

    private string WithRoute(string text) =>
        text.Replace(
            "\nroutes:\n",
            $$"""

            routes:
              {{Route}}:
                upstream:
                  url: {{routes.Server.Upstreams[0].GetLeftPart(UriPartial.Authority)}}
                  allowed_ranges: [127.0.0.1/32]
                oauth: {mode: required, issuers: [corp], required_scopes: [{{IdentityProvider.McpScope}}]}
                policy: {mode: enforce, default: allow}
                pins: {mode: enforce, trust_first_use: true, refresh: 10s}

            """,
            StringComparison.Ordinal
        );
}
