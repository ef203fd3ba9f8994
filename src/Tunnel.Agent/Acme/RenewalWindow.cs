namespace Culvert.Tunnel.Agent.Acme;

/// <summary>When a CA wants a certificate renewed (RFC 9773 §4.2).</summary>
/// <param name="Start">Not before.</param>
/// <param name="End">Not after.</param>
/// <param name="AskAgain">How long this is good; null when the CA does not say.</param>
internal sealed record RenewalWindow(DateTimeOffset Start, DateTimeOffset End, TimeSpan? AskAgain);
