namespace Culvert.Identity.Service.Certificates.RelyingParties;

/// <param name="Party">Null = a caller that may manage the tunnel.</param>
internal readonly record struct BundleReader(RelyingParty? Party);
