using System.Net.Security;
using System.Security.Authentication;
using Culvert.Testing;

namespace Culvert.Tunnel.Edge.Tests.Support;

/// <summary>Client hellos: real ones of the runtime's TLS.</summary>
internal static partial class Hellos
{
    /// <summary>What a TLS client really sends first.</summary>
    public static async Task<byte[]> RealAsync(
        string name,
        SslProtocols protocols = SslProtocols.None,
        params string[] alpn
    )
    {
        var (client, server) = DuplexStream.CreatePair();
        await using var tls = new SslStream(client);
        var handshake = tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = name,
                EnabledSslProtocols = protocols,
                ApplicationProtocols = [.. alpn.Select(a => new SslApplicationProtocol(a))],
            }
        );
        var header = new byte[5];
        await server.ReadExactlyAsync(header);
        var fragment = new byte[(header[3] << 8) | header[4]];
        await server.ReadExactlyAsync(fragment);
        await server.DisposeAsync();
        await TlsRefusal.ExpectAsync(() => handshake);
        return [.. header, .. fragment];
    }
}
