using System.Net.Http.Headers;

namespace Culvert.Platform.Mcp;

/// <summary>Streamable HTTP, as a client sends it (MCP, transports).</summary>
/// <param name="mostAnswerBytes">The limit of a response's body, or of one of its events.</param>
/// <param name="send">Adds what the way to the server needs, and completes with the head of the response.</param>
public sealed class McpHttpTransport(
    Uri address,
    bool isModern,
    int mostAnswerBytes,
    Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send
) : IMcpTransport
{
    public const string SessionHeader = "Mcp-Session-Id";
    public const string VersionHeader = "MCP-Protocol-Version";
    public const string MethodHeader = "Mcp-Method";

    private string? session;

    public bool? HasSession => session is not null;

    public async Task<McpAnswer> SendAsync(
        string method,
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken
    )
    {
        using var request = Create(HttpMethod.Post, namesVersion: method != ClientMessages.InitializeMethod);
        request.Content = new ReadOnlyMemoryContent(message);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (isModern)
        {
            request.Headers.Add(MethodHeader, method);
        }

        var answer = new McpAnswer(await send(request, cancellationToken), mostAnswerBytes);
        if (method == ClientMessages.InitializeMethod)
        {
            session = answer.GetHeader(SessionHeader);
        }

        return answer;
    }

    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (session is not null)
        {
            using var request = Create(HttpMethod.Delete, namesVersion: true);
            using (await send(request, cancellationToken)) { }
        }
    }

    private HttpRequestMessage Create(HttpMethod method, bool namesVersion)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (namesVersion)
        {
            request.Headers.Add(VersionHeader, isModern ? ClientMessages.Modern : ClientMessages.Legacy);
        }

        if (session is not null)
        {
            request.Headers.TryAddWithoutValidation(SessionHeader, session);
        }

        return request;
    }
}
