using System.Net;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Edge.Ingress.Connect;

/// <summary>Decides by one snapshot whether a client may reach the tunnel it asks for (S21, S22). Pure.</summary>
internal static class ConnectPolicy
{
    /// <summary>The checks in their order; the first that fails is the answer.</summary>
    /// <param name="snapshot">Null = no feed has arrived.</param>
    /// <param name="request">Null = none that could be read.</param>
    /// <param name="publicPort">The port of the SNI ingress, which clients of both ingresses name.</param>
    /// <param name="presented">What the client sent in the outer handshake.</param>
    /// <param name="source">Its address.</param>
    /// <param name="now">The time.</param>
    /// <param name="tunnel">The tunnel, once the client has matched.</param>
    /// <param name="identity">Who it is, likewise.</param>
    public static IngressRefusal Check(
        EdgeSnapshot? snapshot,
        ConnectRequest? request,
        int publicPort,
        PresentedCertificate? presented,
        IPAddress source,
        DateTimeOffset now,
        out TunnelRoute? tunnel,
        out ClientIdentity? identity
    )
    {
        (tunnel, identity) = (null, null);
        if (request is null || request.Port != publicPort)
        {
            return IngressRefusal.BadConnect;
        }

        if (snapshot is null)
        {
            return IngressRefusal.NotReady;
        }

        if (!snapshot.TryRoute(request.ServerName, out var named))
        {
            return IngressRefusal.UnknownName;
        }

        // A list narrows what a certificate opens; an empty one leaves it to the certificate (S21).
        if (!named.ClientRanges.IsEmpty && !named.ClientRanges.Contains(source))
        {
            return IngressRefusal.SourceRefused;
        }

        identity = ClientVerifier.Verify(presented, named.ClientAuthorities.Value, now);
        if (identity is null)
        {
            return IngressRefusal.ClientNotProven;
        }

        tunnel = named;
        return named.IsPaused ? IngressRefusal.TunnelPaused : IngressRefusal.None;
    }
}
