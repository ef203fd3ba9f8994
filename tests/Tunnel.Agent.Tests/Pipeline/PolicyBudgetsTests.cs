using System.Net;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Tests.Policy.Budgets;
using Culvert.Tunnel.Agent.Tests.Support;
using static Culvert.Tunnel.Agent.Tests.Policy.PolicyFixture;

namespace Culvert.Tunnel.Agent.Tests.Pipeline;

/// <summary>Budgets and scopes of rules, through inner TLS and real sockets.</summary>
public sealed class PolicyBudgetsTests : IDisposable
{
    private const string Ok = """{"jsonrpc":"2.0","id":1,"result":{"content":[]}}""";
    private const string Pay =
        "{name: pay, effect: allow, tools: [pay], budget: {of: /n, per: 1h, limit: 10}}, {name: x, effect: allow, tools: [x]}";

    private readonly BudgetScene scene = new();

    [Fact]
    public async Task Call_BeyondTheBudget_Is429_AndDoesNotReachTheUpstream()
    {
        await using var fixture = await StartAsync(Json(Ok));
        (await fixture.PostAsync(Call("pay", "1", """{"n":7}"""))).Body.ShouldBe(Ok);

        var (answer, body) = await fixture.PostAsync(Call("pay", "5", """{"n":3.1}"""));

        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.budget_exceeded"]);
        answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 3660);
        body.ShouldContain("\"id\":5");
        body.ShouldContain("-32005");
        (await fixture.PostAsync(Call("pay", "1", """{"n":3}"""), subject: "alice")).Body.ShouldBe(Ok);
        (await fixture.PostAsync(Call("pay", "1", """{"n":3}"""), subject: "bob")).Body.ShouldBe(Ok);
        (await fixture.PostAsync(Call("x"))).Body.ShouldBe(Ok);
    }

    /// <summary>A person can register any number of clients: they share one sum, one rate and one number of calls at once.</summary>
    [Theory]
    [InlineData("budget: {of: /n, per: 1h, limit: 10}", false)]
    [InlineData("budget: {of: /n, per: 1h, limit: 10, key: principal}", false)]
    [InlineData("budget: {of: /n, per: 1h, limit: 10, key: tool}", false)]
    [InlineData("budget: {of: /n, per: 1h, limit: 10, key: client}", true)]
    [InlineData("rate: 1/1h", false)]
    public async Task Call_OfTheSamePersonWithAnotherClient_CountsForThePerson(string limit, bool isApart)
    {
        await using var fixture = await StartAsync(
            Json(Ok),
            rules: $"{{name: pay, effect: allow, tools: [pay], {limit}}}"
        );
        (await fixture.PostAsync(Call("pay", "1", """{"n":7}"""), clientId: "first-client")).Body.ShouldBe(Ok);

        foreach (var client in new[] { "second-client", "third-client" })
        {
            var (answer, _) = await fixture.PostAsync(Call("pay", "1", """{"n":7}"""), clientId: client);
            answer.StatusCode.ShouldBe(isApart ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests, client);
        }

        (await fixture.PostAsync(Call("pay", "1", """{"n":7}"""), clientId: "first-client")).Answer.StatusCode.ShouldBe(
            HttpStatusCode.TooManyRequests
        );
        (
            await fixture.PostAsync(Call("pay", "1", """{"n":7}"""), subject: "bob", clientId: "first-client")
        ).Body.ShouldBe(Ok);
    }

    [Theory]
    [InlineData("{}", "The argument /n is required.")]
    [InlineData("""{"n":-1}""", "The argument /n is not allowed.")]
    [InlineData("""{"n":"1"}""", "The argument /n is not allowed.")]
    [InlineData("""{"n":1e-99}""", "The argument /n is not allowed.")]
    [InlineData("""{"n":null}""", "The argument /n is not allowed.")]
    public async Task Amount_ThatIsNone_IsDenied(string arguments, string message)
    {
        await using var fixture = await StartAsync(Json(Ok));

        (await fixture.PostAsync(Call("pay", "1", arguments))).Body.ShouldContain(message);

        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Call_ThatDidNotReachTheUpstream_IsGivenBack()
    {
        await using var fixture = await StartAsync(Json(Ok));
        await fixture.Upstream.DisposeAsync();
        var (failed, _) = await fixture.PostAsync(Call("pay", "1", """{"n":10}"""));
        failed.Headers.GetValues("culvert-reason").ShouldBe(["upstream.connect_failed"]);

        var (again, _) = await fixture.PostAsync(Call("pay", "1", """{"n":10}"""));

        again.Headers.GetValues("culvert-reason").ShouldBe(["upstream.connect_failed"]);
    }

    [Fact]
    public async Task Observed_CountsAndPasses()
    {
        await using var fixture = await StartAsync(Json(Ok), mode: "observe");

        (await fixture.PostAsync(Call("pay", "1", """{"n":11}"""))).Body.ShouldBe(Ok);
    }

    [Fact]
    public async Task DamagedFile_RefusesTheCall()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(scene.File)!);
        await File.WriteAllTextAsync(scene.File, "x\n", TestContext.Current.CancellationToken);
        await using var fixture = await StartAsync(Json(Ok));

        var (answer, _) = await fixture.PostAsync(Call("pay", "1", """{"n":1}"""));

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.budget_unavailable"]);
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task RequiredScope_ThatTheTokenLacks_IsAChallenge_AndTheToolIsShown()
    {
        await using var fixture = await StartAsync(
            Json("""{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"pay"},{"name":"x"}]}}"""),
            "{name: pay, effect: allow, tools: [pay], arguments: [{at: /n, max: 5}]}, "
                + "{name: more, effect: allow, tools: [pay], require_scope: [pay.high, pay.any]}"
        );

        var (list, shown) = await fixture.PostAsync(Request("tools/list"));
        var (small, _) = await fixture.PostAsync(Call("pay", "1", """{"n":5}"""));
        var (answer, body) = await fixture.PostAsync(Call("pay", "1", """{"n":6}"""));

        list.StatusCode.ShouldBe(HttpStatusCode.OK);
        shown.ShouldContain("pay");
        shown.ShouldNotContain("\"x\"");
        small.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var challenge = answer.Headers.WwwAuthenticate.ToString();
        challenge.ShouldContain("error=\"insufficient_scope\"");
        challenge.ShouldContain("pay.high pay.any\"");
        challenge.ShouldContain("resource_metadata=");
        body.ShouldNotContain("\"result\"");
    }

    [Theory]
    [InlineData("192.0.2.0/24", true)]
    [InlineData("198.51.100.0/24", false)]
    public async Task Source_IsTheClientsAddress_AsTheEdgeSays(string source, bool isAllowed)
    {
        await using var fixture = await StartAsync(
            Json(Ok),
            $"{{name: a, effect: allow, tools: [get], source: [\"{source}\"]}}"
        );

        var (_, body) = await fixture.PostAsync(Call("get"));

        (body == Ok).ShouldBe(isAllowed);
    }

    public void Dispose() => scene.Dispose();

    private Task<PolicyFixture> StartAsync(string answer, string rules = Pay, string mode = "enforce") =>
        PolicyFixture.StartAsync(
            PolicyFile.Settings(rules, mode),
            RawUpstream.Answering(answer),
            budgets: scene.Ledger
        );
}
