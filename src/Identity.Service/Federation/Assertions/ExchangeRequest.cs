using System.Net;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Assertions;

internal sealed record ExchangeRequest
{
    public const string DefaultWorkspace = "default";

    public ExchangeForm Form { get; init; }

    /// <summary>The assertion or subject token as sent, ASCII or not: the checks of the token decide.</summary>
    public required ReadOnlyMemory<byte> Assertion { get; init; }

    /// <summary>
    /// Memory for the decoded claims, valid as long as the assertion; empty if an array is to be allocated. Every
    /// evaluation of the request decodes the same claims.
    /// </summary>
    public Memory<byte> Room { get; init; }

    public SubjectTokenKind SubjectTokenKind { get; init; }

    public bool IsOwnToken => SubjectTokenKind == SubjectTokenKind.OwnAccessToken;

    /// <summary>An access token of this service for the actor. Empty if the subject acts itself.</summary>
    public ReadOnlyMemory<byte> ActorToken { get; init; }

    public required string RuleId { get; init; }

    /// <summary>Always set in JSON; forms name only the rule.</summary>
    public string? OrganizationId { get; init; }

    /// <summary>The service account that the caller expects; null = the account that the rule names.</summary>
    public string? ServiceAccountId { get; init; }

    /// <summary>An id, <see cref="DefaultWorkspace"/>, or null.</summary>
    public string? WorkspaceId { get; init; }

    /// <summary>The requested scopes, each of which exists; null = all that the rule grants.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>The <c>resource</c> or <c>audience</c> of the request; null = this service.</summary>
    public string? Target { get; init; }

    /// <summary>The issuer identifier of the organization's authorization server that was asked; null = this service.</summary>
    public string? Server { get; init; }

    /// <summary>The keys that the client proved with this request: both, either or none.</summary>
    public ProvenBinding Proven { get; init; }

    public required string RequestId { get; init; }

    public required IPAddress Source { get; init; }

    public string? UserAgent { get; init; }

    // The default text of a record would contain the assertion.
    public override string ToString() => $"{nameof(ExchangeRequest)} {{ RuleId = {RuleId}, RequestId = {RequestId} }}";
}
