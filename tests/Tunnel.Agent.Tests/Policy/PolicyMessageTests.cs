using System.Text;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Culvert.Tunnel.Agent.Tests.Policy;

public sealed class PolicyMessageTests
{
    // SEP-2575: a server that does not have a removed method says so, whatever the parameters are.
    [Theory]
    [InlineData("resources/subscribe", "2026-07-28", 404, -32601)]
    [InlineData("resources/unsubscribe", "2026-07-28", 404, -32601)]
    [InlineData("resources/subscribe", "2025-11-25", 400, -32602)]
    [InlineData("resources/read", "2026-07-28", 400, -32602)]
    public void FindFailure_NameIsMissing_IsAnUnknownMethodWhereTheRevisionRemovedIt(
        string method,
        string version,
        int status,
        int code
    )
    {
        // Only modern messages say in themselves which revision they are of.
        var described = McpRevision.IsModern(version)
            ? $$$"""{"_meta":{"io.modelcontextprotocol/protocolVersion":"{{{version}}}"}}"""
            : "{}";
        var body = $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{described}}}""";
        var headers = new HeaderDictionary { ["MCP-Protocol-Version"] = version, ["Mcp-Method"] = method };
        var message = MessageReader.Read(Encoding.UTF8.GetBytes(body));

        var failure = PolicyMessage.FindFailure(message, MessageHead.Read(headers, message), maxDepth: 64);

        failure.ShouldNotBeNull().Status.ShouldBe(status);
        failure.RpcCode.ShouldBe(code);
        failure.Reason.ShouldBe("policy.params_invalid");
    }
}
