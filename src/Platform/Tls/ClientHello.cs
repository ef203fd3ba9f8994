namespace Culvert.Platform.Tls;

/// <summary>What a client's first message says before any secret: all that an edge may know of it.</summary>
/// <param name="ServerName">Lower case, of letters, digits, hyphens, underscores and dots.</param>
/// <param name="OffersAcme">The ALPN list holds <c>acme-tls/1</c> (RFC 8737 §3).</param>
/// <param name="IsChallenge">It holds nothing else: a certificate authority reads the name (S25).</param>
public sealed record ClientHello(string ServerName, bool OffersAcme, bool IsChallenge = false);
