using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>Receives a program's messages that belong to no call.</summary>
internal interface IRpcOwner
{
    /// <summary>Handles a program's request or notification. Completes when the next message may follow.</summary>
    Task ReceiveAsync(RpcChannel channel, McpMessage message);

    /// <summary>Called when the program has ended, before its calls are notified.</summary>
    /// <param name="failed">False if the agent stopped the program, or if it exited normally with no call left.</param>
    void Ended(RpcChannel channel, bool failed);
}
