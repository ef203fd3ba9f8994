namespace Culvert.Platform.Wire;

/// <summary>A hostname of the tunnel besides its own domain (S26).</summary>
/// <param name="Name">In lower case, without a final dot.</param>
/// <param name="State">One of <see cref="HostnameState"/>; only an active one is served.</param>
public sealed record FeedHostname(string Name, string State);
