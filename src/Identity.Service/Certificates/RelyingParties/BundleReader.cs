namespace Culvert.Identity.Service.Certificates.RelyingParties;

/// <summary>For whom a tunnel's bundle is read.</summary>
/// <param name="Party">One of the tunnel's relying parties; null = a caller that may manage the tunnel.</param>
internal readonly record struct BundleReader(RelyingParty? Party);
