namespace Culvert.Identity.Service.Tokens.SigningKeys;

internal sealed record RotateSigningKeyRequest
{
    public static readonly RotateSigningKeyRequest None = new();

    /// <summary>The <c>kid</c> to revoke at once; null = an ordinary early rotation.</summary>
    public string? CompromisedKeyId { get; init; }

    public string? Reason { get; init; }
}
