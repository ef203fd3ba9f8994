using System.Net;
using Culvert.Platform.Tls;
using Culvert.Tunnel.Edge.Routing;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>Decides from one snapshot whether a client may reach the requested tunnel (S21, S23, S25). Pure.</summary>
internal static class IngressPolicy
{
    /// <summary>Runs the checks in order. An announced challenge passes from any source (RFC 8555 §10.2).</summary>
    public static IngressRefusal Check(
        EdgeSnapshot? snapshot,
        ClientHello hello,
        IPAddress source,
        DateTimeOffset now,
        out TunnelRoute? tunnel
    )
    {
        tunnel = null;
        return snapshot is null ? IngressRefusal.NotReady
            : !snapshot.TryRoute(hello.ServerName, out tunnel) ? IngressRefusal.UnknownName
            : hello.IsChallenge && !tunnel.IsPaused && snapshot.HasChallenge(tunnel, hello.ServerName, now)
                ? IngressRefusal.None
            : tunnel.ClientRanges.IsEmpty ? IngressRefusal.SourceRangesEmpty
            : !tunnel.ClientRanges.Contains(source) ? IngressRefusal.SourceRefused
            : tunnel.IsPaused ? IngressRefusal.TunnelPaused
            : hello.OffersAcme ? IngressRefusal.AcmeNotAnnounced
            : IngressRefusal.None;
    }

    /// <summary>
    /// The alert for a refusal; null closes silently: refused addresses, clients that do not speak TLS.
    /// </summary>
    public static TlsAlert? AlertFor(IngressRefusal refusal) =>
        refusal switch
        {
            IngressRefusal.UnknownName or IngressRefusal.NoServerName or IngressRefusal.ServerNameDiffers =>
                TlsAlert.UnrecognizedName,
            IngressRefusal.NoAgent
            or IngressRefusal.TunnelLimit
            or IngressRefusal.TunnelPaused
            or IngressRefusal.AcmeRate
            or IngressRefusal.NotReady => TlsAlert.InternalError,
            IngressRefusal.AcmeNotAnnounced => TlsAlert.NoApplicationProtocol,
            IngressRefusal.MalformedHello => TlsAlert.DecodeError,
            IngressRefusal.HelloTooLarge => TlsAlert.RecordOverflow,
            _ => null,
        };
}
