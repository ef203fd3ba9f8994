namespace Culvert.Identity.Service.Certificates.Health;

/// <summary>Live agents of a tunnel that have not acknowledged its current bundle.</summary>
/// <param name="Since">When the bundle last changed.</param>
internal sealed record BundleLag(string TunnelId, long Epoch, long Agents, DateTimeOffset? Since);
