using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tokens;

/// <summary>The form of RFC 7009 and RFC 7662.</summary>
[SchemaOnly]
internal sealed record TokenFormRequest
{
    public required string Token { get; init; }

    /// <summary>Accepted and ignored: only one token type exists.</summary>
    public string? TokenTypeHint { get; init; }
}
