using System.Net.WebSockets;

namespace Culvert.Tunnel.Agent.Tests.Connector;

/// <summary>A client's bytes over a WebSocket, cut into messages and fragments by a rule.</summary>
internal sealed class ShapedStream(ClientWebSocket socket, MessageShape shape) : Stream
{
    private readonly Lock gate = new();
    private readonly MemoryStream held = new(); // guarded by gate
    private Task flushing = Task.CompletedTask; // guarded by gate

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        switch (shape)
        {
            case MessageShape.ByteByByte:
                for (var i = 0; i < buffer.Length; i++)
                {
                    await SendAsync(buffer.Slice(i, 1), true, cancellationToken);
                }

                break;
            case MessageShape.Coalesced:
                Hold(buffer);
                break;
            case MessageShape.Fragmented:
                for (var i = 0; i < buffer.Length; i += 7)
                {
                    await SendAsync(buffer.Slice(i, Math.Min(7, buffer.Length - i)), false, cancellationToken);
                    await SendAsync(ReadOnlyMemory<byte>.Empty, i % 3 == 0, cancellationToken);
                }

                await SendAsync(ReadOnlyMemory<byte>.Empty, true, cancellationToken);
                break;
            default:
                await SendAsync(buffer, true, cancellationToken);
                break;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return 0;
            }

            received.MessageType.ShouldBe(WebSocketMessageType.Binary);
            if (received.Count > 0)
            {
                return received.Count;
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }

    // What is written within a moment is one message.
    private void Hold(ReadOnlyMemory<byte> bytes)
    {
        lock (gate)
        {
            held.Write(bytes.Span);
            flushing = flushing.IsCompleted ? FlushLateAsync() : flushing;
        }
    }

    private async Task FlushLateAsync()
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            byte[] all;
            lock (gate)
            {
                all = held.ToArray();
                held.SetLength(0);
                if (all.Length == 0)
                {
                    flushing = Task.CompletedTask;
                    return;
                }
            }

            try
            {
                await SendAsync(all, true, CancellationToken.None);
            }
            catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException)
            {
                return; // The test has ended the connection.
            }
        }
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> bytes, bool ends, CancellationToken cancellationToken) =>
        socket.SendAsync(bytes, WebSocketMessageType.Binary, ends, cancellationToken);
}
