using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>Who gets what a program says of its own accord.</summary>
internal interface IRpcOwner
{
    /// <summary>A request of the program, or a notification that belongs to no call. Returns when more may come.</summary>
    Task ReceiveAsync(RpcChannel channel, McpMessage message);

    /// <summary>
    /// The program has ended. Its calls are notified after this returns, so that what follows finds it ended.
    /// </summary>
    /// <param name="channel">The conversation with it.</param>
    /// <param name="failed">False if it was asked to end, or ended well with nothing left to do.</param>
    void Ended(RpcChannel channel, bool failed);
}
