namespace Culvert.Identity.Service.Certificates.RelyingParties;

/// <summary>The epoch that is in use now.</summary>
internal sealed record AcknowledgementRequest(long Epoch);
