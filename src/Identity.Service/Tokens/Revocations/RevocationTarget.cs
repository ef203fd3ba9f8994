namespace Culvert.Identity.Service.Tokens.Revocations;

internal sealed record RevocationTarget(RevocationKind Kind, string Value);
