using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Exchange;

/// <summary>RFC 6749 §5.1, RFC 8693 §2.2.1.</summary>
[SchemaOnly]
internal sealed record AccessTokenDocument
{
    public required string AccessToken { get; init; }

    /// <summary>Only in answers to an RFC 8693 form.</summary>
    public string? IssuedTokenType { get; init; }

    /// <summary><c>Bearer</c> or <c>DPoP</c>.</summary>
    public required string TokenType { get; init; }

    /// <summary>Seconds.</summary>
    public required int ExpiresIn { get; init; }

    public required string Scope { get; init; }

    /// <summary>Only in answers to forms.</summary>
    public string? RequestId { get; init; }
}
