using System.IO.Pipelines;
using Culvert.Platform.Tls;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>
/// Whether a ClientHello offers <c>acme-tls/1</c> and nothing else (RFC 8737 §4), read without taking a byte: what the
/// handshake callback is told of a hello does not include its protocols. Asked only for names with a live challenge.
/// </summary>
internal static class ChallengeHello
{
    private const int MaxBytes = 16 * 1024; // as the edge's: what a CA sends is a tenth of it

    /// <summary>Waits for the whole hello. Everything that is not such a one is left to the usual handshake.</summary>
    public static async Task<bool> IsNextAsync(PipeReader input, CancellationToken cancellationToken)
    {
        var parser = NewParser();
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
                return IsChallenge(verdict, parser);
            }

            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Of all that has come.</summary>
    internal static bool IsChallenge(ReadOnlySpan<byte> bytes)
    {
        var parser = NewParser();
        return IsChallenge(parser.Feed(bytes), parser);
    }

    private static bool IsChallenge(HelloVerdict verdict, ClientHelloParser parser) =>
        verdict == HelloVerdict.Complete && parser.Hello is { IsChallenge: true };

    private static ClientHelloParser NewParser() => new(new byte[MaxBytes]);
}
