namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed record AllowedTargetDocument(string Cidr, int Port);
