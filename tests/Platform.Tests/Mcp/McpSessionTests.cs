using System.Net;
using System.Text;
using Culvert.Platform.Mcp;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Mcp;

/// <summary>A client's conversation over HTTP, as a server receives it.</summary>
public sealed class McpSessionTests
{
    private static readonly string Client = ClientMessages.Describe("test", "1");

    private readonly List<string> sent = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Legacy_EveryMessage_NamesVersionAndSessionAfterTheGreeting()
    {
        var session = Open(isModern: false, sessionId: "s-1");

        using (await session.GreetAsync(Token)) { }
        await session.ConfirmAsync(Token);
        using (await session.ListAsync("tools/list", cursor: "n\"2", Token)) { }
        await session.EndAsync(Token);

        session.HasSession.ShouldBe(true);
        sent.ShouldBe([
            """POST - - - {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"} } }""",
            """POST 2025-11-25 s-1 - {"jsonrpc":"2.0","method":"notifications/initialized"}""",
            """POST 2025-11-25 s-1 - {"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"cursor":"n\u00222"}}""",
            "DELETE 2025-11-25 s-1 - ",
        ]);
    }

    [Fact]
    public async Task Modern_EveryMessage_NamesVersionMethodAndClient()
    {
        const string parameters =
            """{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}""";
        var session = Open(isModern: true, sessionId: "s-1");

        using (await session.GreetAsync(Token)) { }
        await session.ConfirmAsync(Token);
        using (await session.ListAsync("tools/list", cursor: null, Token)) { }
        await session.EndAsync(Token);

        session.HasSession.ShouldBe(false);
        sent.ShouldBe([
            """POST 2026-07-28 - server/discover {"jsonrpc":"2.0","id":1,"method":"server/discover","params":"""
                + $"{parameters}}}",
            """POST 2026-07-28 - tools/list {"jsonrpc":"2.0","id":2,"method":"tools/list","params":"""
                + $"{parameters}}}",
        ]);
    }

    [Fact]
    public async Task Legacy_ServerWithoutASession_IsNotAskedToEndOne()
    {
        var session = Open(isModern: false, sessionId: null);

        using (await session.GreetAsync(Token)) { }
        await session.EndAsync(Token);

        session.HasSession.ShouldBe(false);
        sent.Count.ShouldBe(1);
    }

    private McpSession Open(bool isModern, string? sessionId)
    {
        return new McpSession(
            new McpHttpTransport(new Uri("http://localhost/mcp"), isModern, 1024, SendAsync),
            Client,
            isModern
        );

        async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is { } content ? await content.ReadAsByteArrayAsync(cancellationToken) : [];
            sent.Add(
                $"{request.Method} {Header(request, "MCP-Protocol-Version")} {Header(request, "Mcp-Session-Id")} "
                    + $"{Header(request, "Mcp-Method")} {Encoding.UTF8.GetString(body)}"
            );
            var response = new HttpResponseMessage(HttpStatusCode.OK);
            if (sessionId is not null)
            {
                response.Headers.Add("Mcp-Session-Id", sessionId);
            }

            return response;
        }
    }

    private static string Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? values.Single() : "-";
}
