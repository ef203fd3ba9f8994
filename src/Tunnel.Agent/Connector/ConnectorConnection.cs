using System.Net;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>
/// A client that a provider's connector brought. It is known by its tunnel alone: the provider does not say who the product's
/// caller is, except by the token that its requests may carry.
/// </summary>
internal sealed class ConnectorConnection : InnerConnection
{
    // RFC 7239 §6.3: an identifier in the place of an address.
    private const string Node = "_connector";

    private readonly CarrierPipes pipes;
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="id">Names it in logs and records.</param>
    /// <param name="pipes">What carries it; belongs to the connection from here on.</param>
    /// <param name="serverName">Of the client's ClientHello, in lower case.</param>
    /// <param name="client">The end point of all clients of the tunnel.</param>
    /// <param name="time">The clock of its end.</param>
    /// <param name="ended">Called when it has unwound.</param>
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

    // No certificate of the product's caller is seen.
    public override string Workload => "";

    /// <summary>Completes when nothing of it is left.</summary>
    public Task Over => over.Task;

    public TimeSpan IdleTime => pipes.IdleTime;

    /// <summary>Cuts it off; what it has written is not waited for.</summary>
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
