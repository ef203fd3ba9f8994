namespace Culvert.Platform.Wire;

/// <summary>When to renew a certificate (form of RFC 9773 §4.1); a window in the past means "now".</summary>
public sealed record SuggestedWindow(DateTimeOffset Start, DateTimeOffset End);
