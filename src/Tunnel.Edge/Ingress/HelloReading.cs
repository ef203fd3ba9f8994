using System.Buffers;
using System.Net.Sockets;
using Culvert.Platform.Tls;
using Culvert.Tunnel.Edge.Forwarding;

namespace Culvert.Tunnel.Edge.Ingress;

internal static class HelloReading
{
    /// <summary>Reads until the hello is complete, refused, or late. Bytes after the hello remain in the buffer.</summary>
    /// <param name="received">Receives the raw bytes.</param>
    /// <param name="maxBytes">Limit of the hello, record headers included; at most the size of the buffer.</param>
    public static async Task<(IngressRefusal Refusal, ClientHello? Hello, int Length)> ReadAsync(
        ClientTransport client,
        byte[] received,
        int maxBytes,
        CancellationToken deadline
    )
    {
        var scratch = ArrayPool<byte>.Shared.Rent(maxBytes);
        try
        {
            var parser = new ClientHelloParser(scratch.AsMemory(0, maxBytes));
            var length = 0;
            while (length < maxBytes)
            {
                var space = received.AsMemory(length, maxBytes - length);
                var read = await ReceiveAsync(client, space, deadline);
                if (read == 0)
                {
                    return (IngressRefusal.HelloTimeout, null, 0);
                }

                length += read;
                var verdict = parser.Feed(space.Span[..read]);
                if (verdict != HelloVerdict.Incomplete)
                {
                    return (ToRefusal(verdict), parser.Hello, length);
                }
            }

            return (IngressRefusal.HelloTooLarge, null, 0);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            return (IngressRefusal.HelloTimeout, null, 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    /// <summary>
    /// Returns 0 when the client has sent FIN or is late. After the machine was suspended, the deadline fires before bytes
    /// that arrived in time are read, so a client is late only if no bytes are available.
    /// </summary>
    private static async ValueTask<int> ReceiveAsync(
        ClientTransport client,
        Memory<byte> space,
        CancellationToken deadline
    )
    {
        try
        {
            return await client.ReceiveAsync(space, deadline);
        }
        catch (OperationCanceledException)
        {
            return client.ReceiveArrived(space.Span);
        }
    }

    private static IngressRefusal ToRefusal(HelloVerdict verdict) =>
        verdict switch
        {
            HelloVerdict.Complete => IngressRefusal.None,
            HelloVerdict.NoServerName => IngressRefusal.NoServerName,
            HelloVerdict.TooLarge => IngressRefusal.HelloTooLarge,
            HelloVerdict.NotTls => IngressRefusal.NotTls,
            _ => IngressRefusal.MalformedHello,
        };
}
