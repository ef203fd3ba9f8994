namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>What an edge may know of a client's first message; everything else stays between client and agent.</summary>
/// <param name="ServerName">Lower case, of letters, digits, hyphens, underscores and dots.</param>
/// <param name="OffersAcme">The ALPN list holds <c>acme-tls/1</c> (RFC 8737 §3).</param>
/// <param name="IsChallenge">It holds nothing else: a certificate authority looks at the name (S25).</param>
internal sealed record ClientHello(string ServerName, bool OffersAcme, bool IsChallenge = false);
