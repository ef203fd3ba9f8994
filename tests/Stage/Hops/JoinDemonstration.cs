using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>
/// Tools that join what three servers return, for callers who may see different parts of it. The routes are those of
/// <c>docs/joined-servers.md</c>, and exist as long as this runs.
/// </summary>
internal sealed partial class JoinDemonstration(
    Installation installation,
    Checkout checkout,
    RunDirectory run,
    StepReporter steps,
    TimeProvider time
)
{
    private const string Route = "revenue";

    // How name, notes and account of a customer begin whom neither caller may see.
    private const string Canary = "CANARY";
    private const string Page = "docs/joined-servers.md";

    // In the order in which their program prints their addresses.
    private static readonly string[] Servers = ["crm", "orders", "warehouse"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryRoutes routes = new(
        installation,
        new DemonstrationServer("company-servers", "company.mjs", checkout, run, time),
        run
    );
    private readonly List<PlainAnswer> received = [];
    private string support = "";
    private string analyst = "";

    /// <summary>Fifteen lines at most: what each server returned, what crossed, and what did not.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(checkout.Root, Page), cancellationToken);
        return await routes.RunAsync(
            before => WithRoutes(before, page),
            () => ShowAsync(cancellationToken),
            cancellationToken
        );
    }

    private async Task<IReadOnlyList<string>> ShowAsync(CancellationToken cancellationToken)
    {
        var idp = installation.IdentityProvider;
        var endpoint = installation.EndpointOf(Route);
        support = await idp.McpTokenAsync(IdentityProvider.SupportClient, endpoint, cancellationToken);
        analyst = await idp.McpTokenAsync(IdentityProvider.AnalystClient, endpoint, cancellationToken);
        await steps.RunAsync(
            "routes that are joined",
            installation.Agent.Process.LogFile,
            async () => await UntilServedAsync(cancellationToken)
        );
        received.Clear();

        var late = await CallAsync(support, "late_orders", "{}", cancellationToken);
        var lateReturned = await DescribeMembersAsync("late_orders", cancellationToken);
        var totals = await CallAsync(analyst, "late_totals", "{}", cancellationToken);
        var totalsReturned = await DescribeMembersAsync("late_totals", cancellationToken);
        var denied = await CallAsync(analyst, "late_orders", "{}", cancellationToken);
        var discount = await CallAsync(support, "my_discount", """{"percent":20}""", cancellationToken);
        var bought = await BuyAsync(3, cancellationToken);
        var refused = await BuyAsync(300, cancellationToken);
        return
        [
            $"servers      crm, orders and warehouse have no address: {await DescribeHiddenAsync(cancellationToken)}",
            $"support      late_orders, as {IdentityProvider.SupportClient} with customer_id {IdentityProvider.Customer} in its token",
            $"  returned   {lateReturned}",
            $"  crossed    {Size(late)}: {Rows(late)[0]}, …",
            $"analyst      late_totals, as {IdentityProvider.AnalystClient}; late_orders -> {denied.Error}",
            $"  returned   {totalsReturned}",
            $"  crossed    {Size(totals)}: {string.Join(", ", Rows(totals))}",
            $"canary       {await CountAtServersAsync(cancellationToken)} times in what crm and orders return; {Count(received)} times in the "
                + $"{received.Sum(a => a.Headers.Length + a.Body.Length)} bytes that the callers received",
            $"discount     the support agent asks for 20 percent: {Rows(discount)[0]}",
            $"purchase     3 drills: {Rows(bought)[0]}, then create_purchase -> {bought.Purchase}",
            $"             300 drills: {Rows(refused).Count} rows, so create_purchase is not called{refused.Purchase}",
            $"try next     {Page}: the file that did this, and how to test one without servers",
        ];
    }

    private Task<JoinedAnswer> BuyAsync(int quantity, CancellationToken cancellationToken) =>
        CallAsync(
            analyst,
            "buy",
            $$"""{"department":"it","item":"drill","quantity":{{quantity}}}""",
            cancellationToken
        );

    // The agent reads its file again at a hang-up, and serves the tools when their members' definitions are pinned.
    private async Task<string> UntilServedAsync(CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + Patience;
        while (true)
        {
            string obstacle;
            try
            {
                var answer = await CallAsync(support, "late_orders", "{}", cancellationToken);
                if (answer.Error.Length == 0)
                {
                    return $"{installation.EndpointOf(Route)} serves late_orders";
                }

                obstacle = answer.Error;
            }
            catch (HopFailureException e)
            {
                obstacle = e.Message;
            }

            if (time.GetUtcNow() >= deadline)
            {
                throw new HopFailureException(
                    TunnelAgent.AutomaticName,
                    $"late_orders: {obstacle}",
                    installation.Agent.Process.LogFile
                );
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }
    }

    private async Task<JoinedAnswer> CallAsync(
        string token,
        string tool,
        string arguments,
        CancellationToken cancellationToken
    )
    {
        var answer = await PostAsync(installation.EndpointOf(Route), token, tool, arguments, cancellationToken);
        received.Add(answer);
        if (!answer.Body.StartsWith('{'))
        {
            return new JoinedAnswer(answer, default, $"{(int)answer.Status}");
        }

        var message = JsonElement.Parse(answer.Body);
        return message.TryGetProperty("result", out var result)
            ? new JoinedAnswer(answer, result, "")
            : new JoinedAnswer(answer, default, message.GetProperty("error").GetProperty("message").GetString()!);
    }

    private Task<PlainAnswer> PostAsync(
        Uri endpoint,
        string? token,
        string tool,
        string arguments,
        CancellationToken cancellationToken
    ) =>
        PlainClient.PostAsync(
            endpoint,
            installation.Record.Tunnel.TrustBundle,
            token,
            $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""",
            cancellationToken
        );

    // What the agent recorded of the calls that the newest call of this tool made.
    private async Task<string> DescribeMembersAsync(string tool, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + Patience;
        while (time.GetUtcNow() < deadline)
        {
            var tail = await routes.AgentAsync(["audit", "tail", "--lines", "50"], cancellationToken);
            var records = tail.Split('\n')
                .Where(line => line.StartsWith('{'))
                .Select(line => JsonElement.Parse(line))
                .Where(record => Text(record, "kind") == "tool" && record.TryGetProperty("compose", out _))
                .ToList();
            var joined = records.FindLast(r => Text(r, "route") == Route && Text(r, "name") == tool);
            if (joined.ValueKind == JsonValueKind.Object)
            {
                var id = Text(joined.GetProperty("compose"), "id");
                return string.Join(
                    ", ",
                    records
                        .Where(r => Text(r, "route") != Route && Text(r.GetProperty("compose"), "id") == id)
                        .Select(DescribeMember)
                        .Order(StringComparer.Ordinal)
                );
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
        }

        throw new HopFailureException(TunnelAgent.AutomaticName, $"no record of {tool}");
    }

    private static string DescribeMember(JsonElement record)
    {
        var answer = record.GetProperty("answer");
        var (kept, removed) = (Number(answer, "rows"), Number(answer, "rows_removed"));
        var inside = removed > 0 ? $", {removed} kept inside" : "";
        return $"{Text(record, "route")} {kept + removed} rows ({Number(record, "response_bytes")} bytes{inside})";
    }

    private async Task<string> DescribeHiddenAsync(CancellationToken cancellationToken)
    {
        var endpoint = installation.EndpointOf("crm");
        try
        {
            var answer = await PostAsync(endpoint, analyst, "find_customers", "{}", cancellationToken);
            received.Add(answer);
            return $"{endpoint} -> {(int)answer.Status}";
        }
        catch (HopFailureException)
        {
            return $"{endpoint} is not served";
        }
    }

    private async Task<int> CountAtServersAsync(CancellationToken cancellationToken)
    {
        return Count([
            await PostAsync(new Uri($"{AddressOf("crm")}/mcp"), null, "find_customers", "{}", cancellationToken),
            await PostAsync(new Uri($"{AddressOf("orders")}/mcp"), null, "search_orders", "{}", cancellationToken),
        ]);
    }

    private static int Count(IEnumerable<PlainAnswer> answers) =>
        answers.Sum(a => a.Headers.Split(Canary).Length + a.Body.Split(Canary).Length - 2);

    private static string Size(JoinedAnswer joined) => $"{Rows(joined).Count} rows ({joined.Answer.Body.Length} bytes)";

    private static List<string> Rows(JoinedAnswer joined) =>
        joined.Error.Length > 0
            ? throw new HopFailureException(TunnelAgent.AutomaticName, joined.Error)
            :
            [
                .. joined
                    .Result.GetProperty("structuredContent")
                    .GetProperty("rows")
                    .EnumerateArray()
                    .Select(row => string.Join(' ', row.EnumerateObject().Select(m => $"{m.Name} {m.Value}"))),
            ];

    private static string Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) ? value.ToString() : "";

    private static long Number(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) ? value.GetInt64() : 0;

    private string AddressOf(string server) =>
        routes.Server.Upstreams[Array.IndexOf(Servers, server)].GetLeftPart(UriPartial.Authority);

    // The page's routes, with the addresses of this machine's servers.
    private string WithRoutes(string before, string page)
    {
        var file = page.Split("```yaml\n")[1].Split("```")[0];
        var added = PageUpstream()
            .Replace(
                file.Split("\nroutes:\n")[1],
                name => $"{{url: \"{AddressOf(name.Groups[1].Value)}\", allowed_ranges: [127.0.0.1/32]}}"
            );
        var claim = IdentityProvider.DeploymentClaim.Key;
        return before
            .Replace($"claims: [{claim}]", $"claims: [{claim}, customer_id]", StringComparison.Ordinal)
            .Replace("\nroutes:\n", $"\nroutes:\n{added}", StringComparison.Ordinal);
    }

    [GeneratedRegex("\\{url: \"https://([a-z]+)\\.corp\\.internal\"\\}", RegexOptions.CultureInvariant)]
    private static partial Regex PageUpstream();

    /// <param name="Error">Empty if there is a result.</param>
    private sealed record JoinedAnswer(PlainAnswer Answer, JsonElement Result, string Error)
    {
        /// <summary>What the step after the statement returned.</summary>
        public string Purchase =>
            Result.TryGetProperty("structuredContent", out var finding)
            && finding.TryGetProperty("purchase", out var rows)
                ? rows.ToString()
                : "";
    }
}
