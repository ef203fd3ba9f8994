using System.Globalization;
using System.Text;

namespace Culvert.Tunnel.Edge.Ingress.Connect;

/// <summary>The responses of the CONNECT ingress. The only mapping from refusals to responses.</summary>
internal static class ConnectAnswers
{
    private const string ReasonHeader = "X-Culvert-Reason";

    public static ReadOnlyMemory<byte> Established { get; } = "HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray();

    /// <summary>Before the client is authenticated every refusal is the same 403, which reveals no names (S22).</summary>
    public static ReadOnlyMemory<byte> For(IngressRefusal refusal)
    {
        var (status, reason, text) = refusal switch
        {
            IngressRefusal.BadConnect => (
                "400 Bad Request",
                "bad_connect",
                "CONNECT name:port HTTP/1.1 is required, the port the tunnel's own, without a body."
            ),
            IngressRefusal.NotReady => (
                "503 Service Unavailable",
                "edge_not_ready",
                "This edge has had no contact to its service yet."
            ),
            IngressRefusal.NoAgent => (
                "503 Service Unavailable",
                "no_agent",
                "No agent of this tunnel is connected, or none can accept the connection."
            ),
            IngressRefusal.TunnelPaused => ("503 Service Unavailable", "tunnel_paused", "The tunnel is paused."),
            IngressRefusal.TunnelLimit => (
                "503 Service Unavailable",
                "tunnel_limit",
                "The tunnel exceeds its limit of connections or of new connections."
            ),
            _ => ("403 Forbidden", "refused", "Refused."),
        };
        var retry = status.StartsWith('5') ? "Retry-After: 5\r\n" : "";
        return Encoding.ASCII.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"HTTP/1.1 {status}\r\n{ReasonHeader}: {reason}\r\n{retry}Content-Type: text/plain\r\n"
                    + $"Content-Length: {text.Length + 1}\r\nConnection: close\r\n\r\n{text}\n"
            )
        );
    }
}
