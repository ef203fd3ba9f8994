namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>The epoch that is in use now.</summary>
internal sealed record AcknowledgementRequest(long Epoch);
