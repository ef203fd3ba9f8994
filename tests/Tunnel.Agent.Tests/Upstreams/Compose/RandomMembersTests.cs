using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Requests.InProcess;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;
using Culvert.Tunnel.Agent.Upstreams.Compose;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Compose;

/// <summary>Random rules of a member: a joined call finds nothing that they do not let through under <c>via</c>.</summary>
public sealed class RandomMembersTests
{
    private const int Policies = 500;
    private const int CallsEach = 20;
    private static readonly string[] Fields = ["id", "customer", "total", "note"];
    private static readonly string[] Customers = ["c-1", "c-2", "c-3"];
    private static readonly string[] Groups = ["staff", "support"];

    [Fact]
    public async Task Findings_AreWhatTheRulesLetThrough()
    {
        var random = new Random(20261128);
        await using var tunnel = new Support.Tunnel();
        var (values, calls) = (0, 0);
        for (var i = 0; i < Policies; i++)
        {
            var rules = Enumerable.Range(0, random.Next(1, 5)).Select(n => Rule.Draw(random, $"r{n}")).ToList();
            await using var member = new MemberUpstream();
            await using var set = Create(tunnel, rules, member);
            var composed = set.Routes.Single(r => r.Name == "all");
            for (var n = 0; n < CallsEach; n++)
            {
                var (orders, caller) = (Order.DrawMany(random), DrawCaller(random));
                member.Orders = orders;

                var rows = await CallAsync(composed, caller);

                var expected = FindCrossing(rules, caller, orders);
                rows.ShouldBe(expected, $"policy {i}, call {n}");
                (values, calls) = (values + expected.Count, calls + 1);
            }
        }

        calls.ShouldBe(10_000);
        values.ShouldBeGreaterThan(1000); // the claim is not about empty findings alone
    }

    // A second reading of the rules: each value of the rows that cross, as "row field value".
    private static List<string> FindCrossing(List<Rule> rules, Principal caller, List<Order> orders)
    {
        var matching = rules
            .Where(r => r.Via != "other" && (r.Group.Length == 0 || caller.Groups.Contains(r.Group)))
            .ToList();
        if (matching.Count == 0 || matching.Exists(r => r.IsDeny))
        {
            return [];
        }

        var judges = matching.Where(r => r.HasAnswer).ToList();
        var claim = caller.Claims.TryFind("customer_id", out var value) ? value.Text : null;
        var crossing = orders
            .Where(o => judges.TrueForAll(j => !j.IsOwn || o.Customer == claim))
            .Where(o => judges.TrueForAll(j => j.Below == 0 || o.Total < j.Below));
        return
        [
            .. crossing.SelectMany(
                (o, row) =>
                    Fields
                        .Where(f => judges.TrueForAll(j => j.Fields.Count == 0 || j.Fields.Contains(f)))
                        .Select(f => $"{row} {f} {o.Get(f)}")
            ),
        ];
    }

    private static Principal DrawCaller(Random random)
    {
        var claims = random.Next(4) == 0 ? "{}" : $$"""{"customer_id":"{{Customers[random.Next(3)]}}"}""";
        return new Principal
        {
            Issuer = "https://login.example.test",
            Subject = "alice",
            ClientId = "",
            Scopes = [],
            Groups = random.Next(3) == 0 ? [] : [Groups[random.Next(2)]],
            Claims = PrincipalClaims.Create("alice", "", JsonElement.Parse(claims)),
            EndsAt = DateTimeOffset.MaxValue,
            KeyThumbprint = null,
        };
    }

    private static RouteSet Create(Support.Tunnel tunnel, List<Rule> rules, MemberUpstream member)
    {
        var read = ComposeFixture.Read(
            $$"""
              crm:
                upstream: {url: "http://127.0.0.1:9", allowed_ranges: [127.0.0.0/8]}
                oauth: {mode: required, issuers: [corp]}
                expose: false
                policy: {mode: enforce, rules: [{{string.Join(", ", rules)}}]}
              all: {oauth: {mode: required, issuers: [corp]}, upstream: {compose: {tools: {all: {{Tool}} } } } }
              other: {oauth: {mode: required, issuers: [corp]}, upstream: {compose: {tools: {all: {{Tool}} } } } }
            """
        );
        read.Errors.Select(e => e.ToString()).ShouldBeEmpty();
        var issuer = new TestIssuer();
        return RouteSet.Create(
            read.Settings!.Routes,
            [OauthFixture.KeysOf(issuer, TimeProvider.System, settings: read.Settings.Issuers.Single())],
            settings =>
                settings is ComposeSettings compose
                    ? new ComposeUpstream(
                        compose,
                        tunnel.Members,
                        tunnel.Metrics,
                        TimeProvider.System,
                        NullLogger.Instance
                    )
                    : member,
            TimeProvider.System
        );
    }

    private const string Tool =
        "{description: All., steps: [{name: o, call: crm/search, reads_only: true, on_failure: empty, rows: {at: /orders, columns: {id: /id, customer: /customer, total: /total, note: /note}}}], select: \"SELECT * FROM o\"}";

    private static async Task<List<string>> CallAsync(Route composed, Principal caller)
    {
        var body = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"all"}}"""u8.ToArray();
        var aborted = new CancellationTokenSource();
        await using var exchange = InProcessExchange.Start(
            new Application(composed, caller),
            new InProcessRequest("POST", "/mcp", "all.t.example", "application/json", [], body, aborted),
            new Connection(),
            aborted
        );
        await exchange.Response.Started;
        var read = await exchange.Response.Reader.ReadAsync(TestContext.Current.CancellationToken);
        var rows = JsonElement
            .Parse(System.Buffers.BuffersExtensions.ToArray(read.Buffer))
            .GetProperty("result")
            .GetProperty("structuredContent")
            .GetProperty("rows");
        return
        [
            .. rows.EnumerateArray()
                .SelectMany(
                    (row, i) =>
                        Fields
                            .Where(f => row.GetProperty(f).ValueKind != JsonValueKind.Null)
                            .Select(f => $"{i} {f} {row.GetProperty(f)}")
                ),
        ];
    }

    private sealed record Order(int Id, string Customer, int Total, string Note)
    {
        public static List<Order> DrawMany(Random random) =>
            [
                .. Enumerable
                    .Range(1, random.Next(6))
                    .Select(id => new Order(id, Customers[random.Next(3)], random.Next(100), $"n-{random.Next(1000)}")),
            ];

        public string Get(string field) =>
            field switch
            {
                "id" => Id.ToString(CultureInfo.InvariantCulture),
                "customer" => Customer,
                "total" => Total.ToString(CultureInfo.InvariantCulture),
                _ => Note,
            };

        public override string ToString() =>
            $$"""{"id":{{Id}},"customer":"{{Customer}}","total":{{Total}},"note":"{{Note}}"}""";
    }

    private sealed record Rule(string Name, bool IsDeny, string Via, string Group)
    {
        public bool HasAnswer { get; init; }

        public bool IsOwn { get; init; }

        public int Below { get; init; }

        public IReadOnlyList<string> Fields { get; init; } = [];

        public static Rule Draw(Random random, string name) =>
            new(
                name,
                random.Next(12) == 0,
                random.Next(4) switch
                {
                    0 => "",
                    1 => "other",
                    _ => "all",
                },
                random.Next(3) == 0 ? Groups[random.Next(2)] : ""
            )
            {
                HasAnswer = random.Next(3) > 0,
                IsOwn = random.Next(2) == 0,
                Below = random.Next(2) * random.Next(1, 100),
                Fields =
                    random.Next(2) == 0
                        ? []
                        : [.. RandomMembersTests.Fields.Where(_ => random.Next(2) == 0).DefaultIfEmpty("id")],
            };

        public override string ToString()
        {
            var text = new StringBuilder($"{{name: {Name}, effect: {(IsDeny ? "deny" : "allow")}, tools: [search]");
            text.Append(Via.Length > 0 ? $", via: [{Via}]" : "").Append(Group.Length > 0 ? $", groups: [{Group}]" : "");
            if (HasAnswer && !IsDeny)
            {
                string[] conditions =
                [
                    .. IsOwn ? ["{at: /customer, equals_claim: customer_id}"] : Array.Empty<string>(),
                    .. Below > 0 ? [$"{{at: /total, below: {Below}}}"] : Array.Empty<string>(),
                ];
                var where =
                    conditions.Length > 0
                        ? $"rows: [{{at: /orders, where: {{all: [{string.Join(", ", conditions)}]}}}}]"
                        : "";
                var fields =
                    Fields.Count > 0 ? $"fields: [{string.Join(", ", Fields.Select(f => $"/orders/*/{f}"))}]" : "";
                var parts = string.Join(", ", new[] { where, fields }.Where(p => p.Length > 0));
                text.Append(parts.Length > 0 ? $", answer: {{{parts}}}" : ", answer: {text: derive}");
            }

            return text.Append('}').ToString();
        }
    }

    private sealed class Application(Route route, Principal caller) : IHttpApplication<Exchange>
    {
        private readonly BodyReader bodies = new(new BodyBudget(), TimeProvider.System);

        public Exchange CreateContext(IFeatureCollection contextFeatures)
        {
            var exchange = new Exchange(bodies);
            exchange.Begin(contextFeatures);
            exchange.Principal = caller;
            return exchange;
        }

        public Task ProcessRequestAsync(Exchange context) => route.Upstream.ServeAsync(context, route, "all.t.example");

        public void DisposeContext(Exchange context, Exception? exception) => context.End();
    }

    private sealed class Connection : InProcessConnection
    {
        public override string ServerName => "all.t.example";

        public override System.Net.IPEndPoint Client => Support.Tunnel.ClientEndPoint;

        public override string Workload => "";

        public override string ConnectionId { get; set; } = "c";

        public override string Forwarded(string host) => "";
    }

    /// <summary>The member's server, in memory.</summary>
    private sealed class MemberUpstream : Upstream
    {
        public IReadOnlyList<object> Orders { get; set; } = [];

        public override UpstreamSettings Settings { get; } = Support.Tunnel.UpstreamTo(9);

        public override async Task ServeAsync(Exchange exchange, Route route, string host)
        {
            var id = exchange.MessageId.IsEmpty ? "1" : Encoding.UTF8.GetString(exchange.MessageId.Span);
            var orders = $$"""{"orders":[{{string.Join(",", Orders)}}]}""";
            var result = $$"""{"resultType":"complete","content":[],"structuredContent":{{orders}}}""";
            exchange.Response.Headers.ContentType = "application/json";
            await exchange.ResponseBody.Writer.WriteAsync(
                Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":{{id}},"result":{{result}}}""")
            );
        }

        public override Task<ProbeState> ProbeAsync(Route route, CancellationToken cancellationToken) =>
            Task.FromResult(new ProbeState(true, ""));

        protected override ValueTask EndAsync() => ValueTask.CompletedTask;
    }
}
