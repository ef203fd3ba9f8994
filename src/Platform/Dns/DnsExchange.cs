using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Culvert.Platform.Timing;

namespace Culvert.Platform.Dns;

/// <summary>
/// One question to one server: over UDP from a random port, over TCP when the reply is truncated or its letters have
/// another case than sent (RFC 5452 §9; an attacker cannot guess a reply over TCP).
/// </summary>
internal sealed class DnsExchange(TimeSpan timeout, TimeProvider time)
{
    // Without EDNS a reply has at most 512 bytes (RFC 1035 §4.2.1); some servers send more, but at most one Ethernet frame.
    private const int MaxDatagram = 1500;

    // Datagrams that answer another question before the attempt fails.
    private const int MaxStrangers = 16;

    /// <summary>The reply; null when <paramref name="server"/> was unreachable or did not answer in time.</summary>
    /// <exception cref="InvalidDataException">The reply over TCP does not match the question.</exception>
    public async Task<DnsMessage?> QueryAsync(
        IPEndPoint server,
        DnsName name,
        DnsRecordType type,
        bool recurse,
        CancellationToken ct
    )
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        var query = DnsMessage.WriteQuery(id, name, type, recurse, () => RandomNumberGenerator.GetInt32(2) == 1);
        var reply = await WithinAsync(token => OverUdpAsync(server, query, token), ct);
        return reply is { IsTruncated: false } && IsEcho(reply, query) ? reply
            : reply is null ? null
            : await WithinAsync(token => OverTcpAsync(server, query, token), ct);
    }

    private async Task<DnsMessage?> WithinAsync(
        Func<CancellationToken, Task<DnsMessage?>> ask,
        CancellationToken cancellationToken
    )
    {
        using var limit = new TimeLimit(timeout, time, cancellationToken);
        try
        {
            return await ask(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception fault) when (fault is SocketException or IOException)
        {
            return null;
        }
    }

    private static async Task<DnsMessage?> OverUdpAsync(IPEndPoint server, byte[] query, CancellationToken ct)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        // A connected socket receives only datagrams from this server.
        await socket.ConnectAsync(server, ct);
        await socket.SendAsync(query, ct);
        var buffer = new byte[MaxDatagram];
        for (var i = 0; i < MaxStrangers; i++)
        {
            var count = await socket.ReceiveAsync(buffer, ct);
            if (DnsMessage.TryRead(buffer.AsSpan(0, count), out var reply) && Answers(reply, query))
            {
                return reply;
            }
        }

        return null;
    }

    private static async Task<DnsMessage?> OverTcpAsync(IPEndPoint server, byte[] query, CancellationToken ct)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, ct);
        using var stream = new NetworkStream(socket);
        var framed = new byte[2 + query.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed, 2);
        await stream.WriteAsync(framed, ct);
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, ct);
        var bytes = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(bytes, ct);
        return DnsMessage.TryRead(bytes, out var reply) && Answers(reply, query) && !reply.IsTruncated
            ? reply
            : throw new InvalidDataException("The server's response over TCP is malformed.");
    }

    // The same id and the same question, ignoring case (RFC 4343 §3).
    private static bool Answers(DnsMessage reply, byte[] query) =>
        reply.Id == BinaryPrimitives.ReadUInt16BigEndian(query)
        && Lower(reply.QuestionBytes).AsSpan().SequenceEqual(Lower(query[DnsMessage.HeaderBytes..]));

    private static bool IsEcho(DnsMessage reply, byte[] query) =>
        reply.QuestionBytes.AsSpan().SequenceEqual(query.AsSpan(DnsMessage.HeaderBytes));

    private static byte[] Lower(byte[] question)
    {
        // Type and class, the last four bytes, are not letters.
        var lower = (byte[])question.Clone();
        for (var i = 0; i < lower.Length - 4; i++)
        {
            lower[i] = (byte)char.ToLowerInvariant((char)lower[i]);
        }

        return lower;
    }
}
