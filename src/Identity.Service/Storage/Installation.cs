namespace Culvert.Identity.Service.Storage;

/// <summary>What init fixed for good.</summary>
internal sealed record Installation(string InstallationId, string PublicUrl, string TrustDomain);
