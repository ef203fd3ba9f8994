using Culvert.Tunnel.Agent.Commands;
using Culvert.Tunnel.Agent.Tests.Policy;

namespace Culvert.Tunnel.Agent.Tests.Commands;

public sealed class PolicyCheckCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-policy-").FullName;

    [Theory]
    [InlineData("get", """{"n":1}""", 0, "allow: rule\nrule: small\n")]
    [InlineData("get", """{"n":9}""", 2, "deny: policy.arguments\nrule: small\nargument: /n\ncondition: max\n")]
    [InlineData("other", "{}", 2, "deny: default\n")]
    [InlineData(
        "get",
        """{"n":1,"n":2}""",
        2,
        "refuse: policy.message_duplicate_key: The message has a member twice.\n"
    )]
    public async Task Check_SaysWhatDecidesAndWhy(string tool, string arguments, int status, string text)
    {
        var run = await RunAsync(PolicyFixture.Call(tool, "1", arguments));

        run.Output.ShouldBe(text);
        run.ExitCode.ShouldBe(status, run.Error);
    }

    [Theory]
    [InlineData("10.1.2.3", 0)]
    [InlineData("11.1.2.3", 2)]
    [InlineData("here", 64)]
    public async Task Check_TakesTheCallerFromItsOptions(string source, int status) =>
        (await RunAsync(PolicyFixture.Call("inside"), "--source", source)).ExitCode.ShouldBe(status);

    [Theory]
    [InlineData("""{"customer_id":"c-7"}""", 0, "allow: rule\nrule: own\n")]
    [InlineData(
        """{"customer_id":["c-7"]}""",
        2,
        "deny: policy.arguments\nrule: own\nargument: /id\ncondition: equals_claim\n"
    )]
    [InlineData("c-7", 1, "")]
    [InlineData("[]", 1, "")]
    public async Task Check_ComparesArgumentsWithTheClaims(string claims, int status, string text)
    {
        var run = await RunOnAsync("customers", PolicyFixture.Call("get", "1", """{"id":"c-7"}"""), "--claims", claims);

        run.ExitCode.ShouldBe(status, run.Error);
        run.Output.ShouldStartWith(text);
    }

    [Fact]
    public async Task Check_CallWhoseAnswerIsJudged_SaysWhatCrosses() =>
        (await RunOnAsync("customers", PolicyFixture.Call("list"), "--subject", "alice")).ShouldBe(
            (
                0,
                """
                allow: rule
                rule: lists
                answer: judged by lists, short
                rows of lists: /orders where (/state const open or /state enum new, late) and /customer_id equals_claim customer_id, at most 100
                rows of short: /notes, at most 5
                fields: /orders/*/id, /orders/*/iban
                mask of lists: /orders/*/iban as iban
                detect: email
                text: drop
                approve of short: 2 different people, where /orders/*/id above 5 or /notes type array
                unfit: deny
                errors: drop
                notifications: drop
                max_bytes: 2048

                """,
                ""
            )
        );

    [Fact]
    public async Task Check_UnknownRoute_IsAUsageError() =>
        (await RunOnAsync("nowhere", PolicyFixture.Call("get"))).ExitCode.ShouldBe(64);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Task<(int ExitCode, string Output, string Error)> RunAsync(string message, params string[] options) =>
        RunOnAsync("docs", message, options);

    private async Task<(int ExitCode, string Output, string Error)> RunOnAsync(
        string route,
        string message,
        params string[] options
    )
    {
        var (config, file) = (Path.Combine(folder, "agent.yaml"), Path.Combine(folder, "message.json"));
        await File.WriteAllTextAsync(file, message, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(config, AgentFile(), TestContext.Current.CancellationToken);
        return await AgentCli.RunAsync(PolicyCheckCommand.Create(), [route, file, "--config", config, .. options]);
    }

    private static string AgentFile() =>
        """
            config_version: 1
            identity: {url: "https://identity.example.com:8443", organization_id: 11111111-1111-1111-1111-111111111111, rule_id: fdrl_010000000000000000000000}
            tunnel: {id: tnl_010000000000000000000000}
            issuers: {corp: {issuer: "https://login.example.test", claims: [customer_id]}}
            routes:
              customers:
                upstream: {url: "http://127.0.0.1:9", allowed_ranges: [127.0.0.0/8], health: {probe: tcp}}
                oauth: {mode: required, issuers: [corp], resource: "https://customers.example.test/mcp"}
                policy:
                  mode: enforce
                  rules:
                    - {name: own, effect: allow, tools: [get], arguments: [{at: /id, equals_claim: customer_id}]}
                    - name: lists
                      effect: allow
                      tools: [list]
                      answer:
                        rows:
                          - at: /orders
                            where:
                              at: /customer_id
                              equals_claim: customer_id
                              any: [{at: /state, const: open}, {at: /state, enum: [new, late]}]
                            max: 100
                        fields: [/orders/*/id, /orders/*/iban]
                        mask: [{at: /orders/*/iban, as: iban}, {detect: [email]}]
                    - {name: short, effect: allow, tools: ["li*"], answer: {rows: [{at: /notes, max: 5}], fields: [/orders, /notes], text: drop, max_bytes: 2048, approve: {when: {any: [{at: /orders/*/id, above: 5}, {at: /notes, type: array}]}, approvers: 2}}}
              docs:
                upstream: {url: "http://127.0.0.1:9", allowed_ranges: [127.0.0.0/8], health: {probe: tcp}}
                oauth: {mode: dangerous_none}
                policy:
                  mode: enforce
                  rules:
                    - {name: small, effect: allow, tools: [get], arguments: [{at: /n, max: 5}]}
                    - {name: inside, effect: allow, tools: [inside], source: [10.0.0.0/8]}
            """;
}
