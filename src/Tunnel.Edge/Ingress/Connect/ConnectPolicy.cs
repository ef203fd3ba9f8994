using System.Net;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Edge.Ingress.Connect;

/// <summary>Decides from one snapshot whether a client may reach the requested tunnel (S21, S22). Pure.</summary>
internal static class ConnectPolicy
{
    /// <summary>Runs the checks in order; the first that fails is the result.</summary>
    /// <param name="snapshot">Null = no feed has arrived.</param>
    /// <param name="request">Null = no request could be parsed.</param>
    /// <param name="publicPort">The port of the SNI ingress, which clients of both ingresses name.</param>
    /// <param name="tunnel">Set once the client is authenticated.</param>
    /// <param name="identity">Set once the client is authenticated.</param>
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

        // A non-empty list narrows what a certificate opens; with an empty list the certificate alone decides (S21).
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
