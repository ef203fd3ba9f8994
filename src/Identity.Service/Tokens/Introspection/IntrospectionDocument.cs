using System.Text.Json;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tokens.Introspection;

/// <summary>RFC 7662 §2.2. An inactive token has only the member <c>active</c>.</summary>
[SchemaOnly]
internal sealed record IntrospectionDocument
{
    public required bool Active { get; init; }

    public string? TokenType { get; init; }

    public string? Iss { get; init; }

    public string? Sub { get; init; }

    public string? Aud { get; init; }

    public string? ClientId { get; init; }

    public long? Iat { get; init; }

    public long? Nbf { get; init; }

    public long? Exp { get; init; }

    public string? Jti { get; init; }

    public string? Scope { get; init; }

    public string? Rule { get; init; }

    public int? RuleVer { get; init; }

    public string? Organization { get; init; }

    public string? Workspace { get; init; }

    public string? Family { get; init; }

    /// <summary>What the token is bound to.</summary>
    public Dictionary<string, string>? Cnf { get; init; }

    /// <summary>Where the access came from.</summary>
    public JsonElement? Src { get; init; }

    public JsonElement? Act { get; init; }

    public JsonElement? MayAct { get; init; }
}
