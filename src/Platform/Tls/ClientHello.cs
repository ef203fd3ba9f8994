namespace Culvert.Platform.Tls;

/// <summary>The readable content of a client's first message: all that an edge may learn about a connection.</summary>
/// <param name="ServerName">Lower case: letters, digits, hyphens, underscores and dots.</param>
/// <param name="OffersAcme">The ALPN list contains <c>acme-tls/1</c> (RFC 8737 §3).</param>
/// <param name="IsChallenge">It contains nothing else: a certificate authority validates the name (S25).</param>
public sealed record ClientHello(string ServerName, bool OffersAcme, bool IsChallenge = false);
