using System.IO.Pipelines;
using Culvert.Platform.Tls;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>
/// Whether a ClientHello offers <c>acme-tls/1</c> and nothing else (RFC 8737 §4), read without consuming a byte: the
/// handshake callback does not receive the protocols of a hello. Called only for names with a live challenge.
/// </summary>
internal static class ChallengeHello
{
    private const int MaxBytes = 16 * 1024; // as the edge's: what a CA sends is a tenth of it

    /// <summary>Waits for the whole hello. Everything that is not such a one is left to the usual handshake.</summary>
    public static async Task<bool> IsNextAsync(PipeReader input, CancellationToken cancellationToken) =>
        await HelloPeek.ReadAsync(input, cancellationToken) is { IsChallenge: true };

    /// <summary>Of all that has come.</summary>
    internal static bool IsChallenge(ReadOnlySpan<byte> bytes)
    {
        var parser = new ClientHelloParser(new byte[MaxBytes]);
        return parser.Feed(bytes) == HelloVerdict.Complete && parser.Hello is { IsChallenge: true };
    }
}
