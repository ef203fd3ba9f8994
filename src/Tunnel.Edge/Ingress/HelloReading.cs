using System.Buffers;
using System.Net.Sockets;
using Culvert.Platform.Tls;
using Culvert.Tunnel.Edge.Forwarding;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>Reads a client's first message, whole or refused, and keeps its bytes for the agent.</summary>
internal static class HelloReading
{
    /// <summary>Until the hello is whole, refused, or late. What lies behind it in the buffer stays there.</summary>
    /// <param name="client">Where from.</param>
    /// <param name="received">Receives the bytes as they came.</param>
    /// <param name="maxBytes">Bound of the hello, record headers included; no more than the buffer.</param>
    /// <param name="deadline">When it is late.</param>
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
    /// 0 = the client has ended its side, or is late. After a machine has paused, the deadline fires ahead of the bytes
    /// that arrived in time: a client is late only if nothing more of it is there.
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
