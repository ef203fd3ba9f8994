using System.Net.WebSockets;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>A WebSocket (RFC 6455) whose binary messages carry the bytes. Message boundaries have no meaning.</summary>
internal sealed class WebSocketCarrier(WebSocket socket, HttpContext context) : Carrier
{
    public override string Id => context.Connection.Id;

    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, cancellationToken);
            switch (received.MessageType)
            {
                case WebSocketMessageType.Close:
                    return 0;
                case WebSocketMessageType.Text:
                    Violation = ConnectorRefusal.TextMessage;

                    // RFC 6455 §7.4.1: 1003 means a kind of data that the end point cannot accept.
                    await socket.CloseOutputAsync(
                        WebSocketCloseStatus.InvalidMessageType,
                        "Text messages are refused: send binary messages.",
                        cancellationToken
                    );
                    return 0;
                default:
                    if (received.Count > 0)
                    {
                        return received.Count;
                    }

                    // An empty message or fragment does not end the connection.
                    break;
            }
        }
    }

    // No frame may follow the Close frame of a refusal (RFC 6455 §5.5.1), although TLS may still send data.
    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        Violation is not null
            ? ValueTask.CompletedTask
            : socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);

    public override async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellationToken);
        }
    }

    public override async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        var dropped = new byte[1024];
        while (socket.State == WebSocketState.CloseSent)
        {
            await socket.ReceiveAsync(dropped, cancellationToken);
        }
    }

    public override void Abort()
    {
        socket.Abort();
        context.Abort();
    }
}
