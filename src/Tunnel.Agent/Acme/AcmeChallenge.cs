namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The TLS-ALPN-01 challenge of an authorization (RFC 8737 §3).</summary>
/// <param name="Url">The URL to which the agent posts to make the CA validate.</param>
internal sealed record AcmeChallenge(string Url, string Token);
