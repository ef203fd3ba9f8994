namespace Culvert.Identity.Service.Certificates.RelyingParties;

/// <summary>The reader of a tunnel's bundle.</summary>
/// <param name="Party">A relying party of the tunnel; null = a caller that may manage the tunnel.</param>
internal readonly record struct BundleReader(RelyingParty? Party);
