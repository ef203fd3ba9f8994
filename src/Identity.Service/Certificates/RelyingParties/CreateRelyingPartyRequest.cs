namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal sealed record CreateRelyingPartyRequest(string Name, string? ServiceAccountId = null);
