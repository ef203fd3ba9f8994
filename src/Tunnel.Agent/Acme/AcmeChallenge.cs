namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The TLS-ALPN-01 challenge of an authorization (RFC 8737 §3).</summary>
/// <param name="Url">Where the CA is requested to validate.</param>
/// <param name="Token">Its token.</param>
internal sealed record AcmeChallenge(string Url, string Token);
