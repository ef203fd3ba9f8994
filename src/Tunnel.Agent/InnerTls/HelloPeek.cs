using System.Buffers;
using System.IO.Pipelines;
using Culvert.Platform.Tls;

namespace Culvert.Tunnel.Agent.InnerTls;

internal static class HelloPeek
{
    private const int MaxBytes = 16 * 1024; // as the edge's
    private const int RecordHeader = 5; // RFC 8446 §5.1
    private const int MessageHeader = 4; // RFC 8446 §4

    /// <summary>Waits for the whole hello; null if it is malformed or has no server name.</summary>
    public static async Task<ClientHello?> ReadAsync(PipeReader input, CancellationToken cancellationToken)
    {
        var parser = new ClientHelloParser(new byte[MaxBytes]);
        var seen = 0L;
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var (buffer, verdict) = (result.Buffer, HelloVerdict.Incomplete);
            foreach (var segment in buffer.Slice(seen))
            {
                verdict = parser.Feed(segment.Span);
                if (verdict != HelloVerdict.Incomplete)
                {
                    break;
                }
            }

            seen = buffer.Length;
            if (verdict != HelloVerdict.Incomplete || result.IsCompleted)
            {
                input.AdvanceTo(buffer.Start);
                return verdict == HelloVerdict.Complete ? parser.Hello : null;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>
    /// The server name of a hello that is longer than its first record: RFC 8446 §5.1 allows any split, and
    /// <c>SslStream</c> searches for the name only in the first record. Null for every other hello.
    /// </summary>
    public static async Task<string?> FindSplitNameAsync(PipeReader input, CancellationToken cancellationToken)
    {
        var result = await input.ReadAtLeastAsync(RecordHeader + MessageHeader, cancellationToken);
        var isSplit = IsSplit(result.Buffer);
        input.AdvanceTo(result.Buffer.Start);
        return isSplit ? (await ReadAsync(input, cancellationToken))?.ServerName : null;
    }

    private static bool IsSplit(in ReadOnlySequence<byte> begin)
    {
        Span<byte> head = stackalloc byte[RecordHeader + MessageHeader];
        var known = (int)Math.Min(begin.Length, head.Length);
        begin.Slice(0, known).CopyTo(head);
        if (known < RecordHeader || head[0] != 22 || (known > RecordHeader && head[RecordHeader] != 1))
        {
            return false;
        }

        // A record that ends within the message's own header has a split hello, too.
        var record = (head[3] << 8) | head[4];
        var message = (head[6] << 16) | (head[7] << 8) | head[8];
        return record < MessageHeader || record < MessageHeader + message;
    }
}
