using System.Net;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>
/// A client's connection through a provider's connector, identified only by its tunnel: the provider does not identify
/// the product's caller, except by the token that its requests may carry.
/// </summary>
internal sealed class ConnectorConnection : InnerConnection
{
    // RFC 7239 §6.3: an identifier instead of an address.
    private const string Node = "_connector";

    private readonly CarrierPipes pipes;
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="pipes">Owned by the connection from here on.</param>
    /// <param name="serverName">From the client's ClientHello, in lower case.</param>
    /// <param name="client">The end point of all clients of the tunnel.</param>
    public ConnectorConnection(
        string id,
        CarrierPipes pipes,
        string serverName,
        IPEndPoint client,
        TimeProvider time,
        Action<InnerConnection> ended
    )
        : base(id, pipes, client, time, ended, pipes.InputEnded) => (this.pipes, ServerName) = (pipes, serverName);

    public override string ServerName { get; }

    // The agent does not see a certificate of the product's caller.
    public override string Workload => "";

    public Task Over => over.Task;

    public TimeSpan IdleTime => pipes.IdleTime;

    public void Cut() => pipes.Cut();

    protected override string FormatForwarded(string host) =>
        host.Contains(':', StringComparison.Ordinal)
            ? $"for={Node};host=\"{host}\";proto=https"
            : $"for={Node};host={host};proto=https";

    protected override void AbortCarrier(StreamErrorCode code) => pipes.Abort();

    protected override async ValueTask DisposeCarrierAsync()
    {
        await pipes.DisposeAsync();
        over.TrySetResult();
    }
}
