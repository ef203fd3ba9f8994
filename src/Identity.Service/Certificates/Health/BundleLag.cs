namespace Culvert.Identity.Service.Certificates.Health;

/// <summary>Live agents of a tunnel that have not acknowledged its present bundle.</summary>
/// <param name="TunnelId">The tunnel.</param>
/// <param name="Epoch">The present epoch.</param>
/// <param name="Agents">How many.</param>
/// <param name="Since">When the bundle changed last.</param>
internal sealed record BundleLag(string TunnelId, long Epoch, long Agents, DateTimeOffset? Since);
