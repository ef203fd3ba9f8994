using System.Text;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy.Approvals;

namespace Culvert.Tunnel.Agent.Tests.Policy.Approvals;

public sealed class ApprovalRequestsTests
{
    [Fact]
    public void Binding_IsOfEverythingThatAnApprovalIsFor()
    {
        string[] bindings =
        [
            Bind(),
            Bind(tunnel: "tnl_010000000000000000000002"),
            Bind(route: "b"),
            Bind(host: "b.test"),
            Bind(method: "prompts/get"),
            Bind(kind: "prompt"),
            Bind(name: "refund"),
            Bind(issuer: "https://b.test"),
            Bind(subject: "bob"),
            Bind(client: "b"),
            Bind(policy: "b"),
            Bind(pin: "b"),
            Bind(body: PolicyFixture.Call("pay", "1", """{"amount":2}""")),
            Bind(body: Call(meta: """{"account":1}""")),
            Bind(body: Call(meta: """{"account":2}""")),
            Bind(body: Call(meta: """{"account":2,"a":1e400}""")),
            Bind(body: Call(meta: """{"account":3,"a":1e400}""")),
            Bind(inputs: new CallInputs("account=1", [])),
            Bind(inputs: new CallInputs("account=2", [])),
            Bind(inputs: new CallInputs("", [KeyValuePair.Create<string, string[]>("mcp-param-a", ["1"])])),
            Bind(inputs: new CallInputs("", [KeyValuePair.Create<string, string[]>("mcp-param-a", ["2"])])),
            Bind(inputs: new CallInputs("", [KeyValuePair.Create<string, string[]>("mcp-param-b", ["1"])])),
            // What moves from one field to the next is another call.
            Bind(issuer: "https://a.test" + "alice", subject: ""),
        ];

        bindings.Distinct().Count().ShouldBe(bindings.Length);
        bindings.ShouldAllBe(b => b.Length == 64);
        Bind().ShouldBe(bindings[0]);
    }

    [Theory]
    [InlineData("""{"progressToken":7}""")]
    [InlineData("""{"progressToken":"a","traceparent":"00-0-0-00","tracestate":"a=b","baggage":"c=d"}""")]
    [InlineData("{}")]
    public void Binding_ProgressAndTrace_MakeNoDifference(string meta) =>
        Bind(body: Call(meta)).ShouldBe(Bind(body: PolicyFixture.Call("pay")));

    [Fact]
    public void Binding_NumberThatIsNotExact_IsAsWrittenWithoutProgressAndTrace() =>
        Bind(body: Call("""{"progressToken":1,"a":1e400}""")).ShouldBe(Bind(body: Call("""{"a":1e400}""")));

    private static string Call(string meta) =>
        $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"pay","arguments":{},"_meta":{{{meta}}}}}""";

    private static string Bind(
        string tunnel = "tnl_010000000000000000000001",
        string route = "a",
        string host = "a.test",
        string method = "tools/call",
        string kind = "tool",
        string name = "pay",
        string issuer = "https://a.test",
        string subject = "alice",
        string client = "a",
        string policy = "a",
        string pin = "",
        string? body = null,
        CallInputs? inputs = null
    )
    {
        var record = new CallRecord
        {
            Time = DateTimeOffset.UnixEpoch,
            Route = route,
            Host = host,
            Connection = "1",
            Mode = "enforce",
            PolicyVersion = policy,
            Auth = "bearer",
            Credential = "none",
            Method = method,
            Kind = kind,
            Name = name,
            Issuer = issuer,
            Subject = subject,
            ClientId = client,
            Pin = pin,
        };
        var message = MessageReader.Read(Encoding.UTF8.GetBytes(body ?? PolicyFixture.Call("pay")));
        var rule = PolicyFile.Settings("{name: a, effect: allow, tools: [pay], require_approval: {}}").Rules[0];
        return ApprovalRequests.Create(tunnel, record, rule, message, inputs ?? CallInputs.None).Binding;
    }
}
