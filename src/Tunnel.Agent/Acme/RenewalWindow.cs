namespace Culvert.Tunnel.Agent.Acme;

/// <summary>When a CA wants a certificate renewed (RFC 9773 §4.2).</summary>
/// <param name="AskAgain">How long the window is valid; null when the CA does not say.</param>
internal sealed record RenewalWindow(DateTimeOffset Start, DateTimeOffset End, TimeSpan? AskAgain);
