using Culvert.Platform.Mcp;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>The agent's own messages to a running program.</summary>
/// <param name="greeting">The response to <c>initialize</c>, which the program got when it started; null in the modern era.</param>
internal sealed class ProgramTransport(RpcChannel channel, McpMessage? greeting) : IMcpTransport
{
    public bool? HasSession => null;

    /// <exception cref="CrawlException">The program does not respond.</exception>
    public async Task<McpAnswer> SendAsync(
        string method,
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken
    )
    {
        if (greeting is not null && method is McpMethods.Initialize or McpMethods.Initialized)
        {
            return new McpAnswer(greeting.Bytes);
        }

        if (channel.TryBegin(MessageReader.Read(message), takesMessages: false, out var refusal) is not { } call)
        {
            throw new CrawlException(refusal!.Message);
        }

        try
        {
            var answer = await call.Messages.ReadAsync(cancellationToken);
            return answer is not null
                ? new McpAnswer(answer.Bytes)
                : throw new CrawlException((call.Failure ?? ChildFailures.ChildExited).Message);
        }
        catch (OperationCanceledException)
        {
            channel.Cancel(call, "The agent waits no longer.");
            throw;
        }
    }

    public Task EndAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
