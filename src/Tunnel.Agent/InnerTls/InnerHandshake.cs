using System.Net.Security;
using System.Security.Authentication;
using Culvert.Tunnel.Agent.Routing;
using Microsoft.AspNetCore.Connections;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>Chooses the certificate of an inner handshake, or refuses it.</summary>
internal sealed class InnerHandshake(
    LeafSlot leaves,
    RouteMap routes,
    TimeProvider time,
    ILogger<InnerHandshake> logger
)
{
    // The client's own round trips over the tunnel; a stalled hello must not hold a stream for long.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Connection middleware that ends the client's TLS.</summary>
    public ConnectionDelegate Use(ConnectionDelegate next) =>
        new InnerTlsMiddleware(Choose, Timeout, time, logger).Use(next);

    private SslServerAuthenticationOptions Choose(ConnectionContext connection, SslClientHelloInfo hello)
    {
        var opened = connection.Features.Get<ITunnelConnection>();
        var serverName = hello.ServerName;

        // S22: the edge routed, and in CONNECT authorized, by the name in OPEN; the encrypted side must ask for the same.
        if (opened is null || !serverName.Equals(opened.ServerName, StringComparison.OrdinalIgnoreCase))
        {
            Log.ServerNameRefused(logger, connection.ConnectionId, "it differs from the name the edge routed by");
            throw new AuthenticationException("The server name is not the one that the stream was opened for.");
        }

        if (!routes.Current.IsOwnName(serverName))
        {
            Log.ServerNameRefused(logger, connection.ConnectionId, "it is not a name of this tunnel");
            throw new AuthenticationException("The server name does not belong to this tunnel.");
        }

        var leaf = leaves.Current ?? throw new AuthenticationException("No server certificate is in service yet.");
        return leaf.TlsOptions;
    }
}
