namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>What an administrator asks to revoke, checked.</summary>
internal sealed record RevocationTarget(RevocationKind Kind, string Value);
