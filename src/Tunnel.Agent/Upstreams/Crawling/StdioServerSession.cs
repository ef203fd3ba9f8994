using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Probing;
using Culvert.Tunnel.Agent.Upstreams.Stdio;

namespace Culvert.Tunnel.Agent.Upstreams.Crawling;

/// <summary>The agent's own session with a running program.</summary>
/// <param name="channel">Already initialized in the legacy era.</param>
internal sealed class StdioServerSession(RpcChannel channel, bool isModern) : IServerSession
{
    public ReadOnlyMemory<byte> Greeting { get; private set; }

    /// <param name="greeting">Returns the response to <c>initialize</c>; null in the modern era.</param>
    /// <exception cref="CrawlException">The program does not run, or does not support this era.</exception>
    public static async Task<StdioServerSession> OpenAsync(
        (RpcChannel? Channel, Failure? Refusal) found,
        Func<McpMessage?> greeting,
        bool isModern,
        CancellationToken cancellationToken
    )
    {
        var channel = found.Channel ?? throw new CrawlException(found.Refusal!.Message);
        var opened = new StdioServerSession(channel, isModern);
        opened.Greeting = isModern
            ? await opened.CallAsync(ProbeMessages.Discover, cancellationToken)
            : greeting()?.Bytes ?? default;
        return opened;
    }

    public Task<ReadOnlyMemory<byte>> ListAsync(string method, string? cursor, CancellationToken cancellationToken) =>
        CallAsync(ProbeMessages.ListPage(1, method, cursor, isModern), cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<ReadOnlyMemory<byte>> CallAsync(byte[] message, CancellationToken cancellationToken)
    {
        if (channel.TryBegin(MessageReader.Read(message), takesMessages: false, out var refusal) is not { } call)
        {
            throw new CrawlException(refusal!.Message);
        }

        try
        {
            var answer = await call.Messages.ReadAsync(cancellationToken);
            return answer?.Bytes ?? throw new CrawlException((call.Failure ?? ChildFailures.ChildExited).Message);
        }
        catch (OperationCanceledException)
        {
            channel.Cancel(call, "The agent waits no longer.");
            throw;
        }
    }
}
