namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>An address that a name had, and what was decided on it.</summary>
internal sealed record VerifiedAddressDocument(string Address, bool Permitted, string? ErrorCode);
