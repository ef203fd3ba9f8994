using Microsoft.AspNetCore.Connections;

namespace Culvert.Tunnel.Agent.Connector;

internal sealed class SocketCarrier(ConnectionContext connection, Stream stream) : Carrier
{
    public override string Id => connection.ConnectionId;

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        stream.ReadAsync(buffer, cancellationToken);

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        stream.WriteAsync(bytes, cancellationToken);

    public override ValueTask EndAsync(CancellationToken cancellationToken) =>
        connection.Transport.Output.CompleteAsync();

    public override void Abort() => connection.Abort();
}
