using System.IO.Pipelines;
using Culvert.Platform.Tls;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>
/// Whether a ClientHello offers only <c>acme-tls/1</c> (RFC 8737 §4), read without consuming a byte: the handshake
/// callback does not receive the protocols of a hello. Called only for names with an active challenge.
/// </summary>
internal static class ChallengeHello
{
    private const int MaxBytes = 16 * 1024; // as the edge's: the hello of a CA has a tenth of it

    /// <summary>Waits for the whole hello. For anything else the usual handshake applies.</summary>
    public static async Task<bool> IsNextAsync(PipeReader input, CancellationToken cancellationToken) =>
        await HelloPeek.ReadAsync(input, cancellationToken) is { IsChallenge: true };

    internal static bool IsChallenge(ReadOnlySpan<byte> bytes)
    {
        var parser = new ClientHelloParser(new byte[MaxBytes]);
        return parser.Feed(bytes) == HelloVerdict.Complete && parser.Hello is { IsChallenge: true };
    }
}
