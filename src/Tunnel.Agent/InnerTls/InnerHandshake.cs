using System.Net.Security;
using System.Security.Authentication;
using Culvert.Tunnel.Agent.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>Chooses the certificate of an inner handshake, or refuses it.</summary>
internal sealed class InnerHandshake(LeafSlot leaves, RouteMap routes, ILogger<InnerHandshake> logger)
{
    // The client's own round trips over the tunnel; a stalled hello must not hold a stream for long.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public TlsHandshakeCallbackOptions Options => new() { HandshakeTimeout = Timeout, OnConnection = Choose };

    private ValueTask<SslServerAuthenticationOptions> Choose(TlsHandshakeCallbackContext context)
    {
        var opened = context.Connection.Features.Get<ITunnelConnection>();
        var serverName = context.ClientHelloInfo.ServerName;

        // S22: the edge routed, and in CONNECT authorized, by the name in OPEN; the encrypted side must ask for the same.
        if (opened is null || !serverName.Equals(opened.ServerName, StringComparison.OrdinalIgnoreCase))
        {
            Log.ServerNameRefused(
                logger,
                context.Connection.ConnectionId,
                "it differs from the name the edge routed by"
            );
            throw new AuthenticationException("The server name is not the one that the stream was opened for.");
        }

        if (!routes.Current.IsOwnName(serverName))
        {
            Log.ServerNameRefused(logger, context.Connection.ConnectionId, "it is not a name of this tunnel");
            throw new AuthenticationException("The server name does not belong to this tunnel.");
        }

        var leaf = leaves.Current ?? throw new AuthenticationException("No server certificate is in service yet.");
        return ValueTask.FromResult(leaf.TlsOptions);
    }
}
