namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <param name="CompromisedKeyId">The <c>kid</c> to revoke at once; null = an ordinary early rotation.</param>
internal sealed record RotateSigningKeyRequest(string? CompromisedKeyId = null, string? Reason = null)
{
    public static readonly RotateSigningKeyRequest None = new();
}
