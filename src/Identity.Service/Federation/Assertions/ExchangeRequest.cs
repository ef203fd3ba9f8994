using System.Net;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>A well-formed request to the token endpoint.</summary>
internal sealed record ExchangeRequest
{
    /// <summary>Means the organization's default workspace.</summary>
    public const string DefaultWorkspace = "default";

    public ExchangeForm Form { get; init; }

    /// <summary>The assertion or subject token as sent, ASCII or not: the token's own checks decide.</summary>
    public required ReadOnlyMemory<byte> Assertion { get; init; }

    /// <summary>
    /// Where the assertion's claims may be decoded to, for as long as the assertion itself is there; empty = an array of
    /// their own is made. Each evaluation of the request decodes the same claims.
    /// </summary>
    public Memory<byte> Room { get; init; }

    public SubjectTokenKind SubjectTokenKind { get; init; }

    public bool IsOwnToken => SubjectTokenKind == SubjectTokenKind.OwnAccessToken;

    /// <summary>
    /// Who acts for the subject: an access token of this service. Empty = only the subject.
    /// </summary>
    public ReadOnlyMemory<byte> ActorToken { get; init; }

    public required string RuleId { get; init; }

    /// <summary>Always given in JSON; forms name the rule alone.</summary>
    public string? OrganizationId { get; init; }

    /// <summary>Whom the caller expects to act as; null = the account that the rule names.</summary>
    public string? ServiceAccountId { get; init; }

    /// <summary>An id, <see cref="DefaultWorkspace"/>, or null.</summary>
    public string? WorkspaceId { get; init; }

    /// <summary>The requested scopes, each of which exists; null = all that the rule grants.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>The <c>resource</c> or <c>audience</c> of the request; null = this service.</summary>
    public string? Target { get; init; }

    /// <summary>Keys that the client proved with this request to hold; perhaps both, perhaps none.</summary>
    public ProvenBinding Proven { get; init; }

    public required string RequestId { get; init; }

    public required IPAddress Source { get; init; }

    public string? UserAgent { get; init; }

    // A record would print the assertion.
    public override string ToString() => $"{nameof(ExchangeRequest)} {{ RuleId = {RuleId}, RequestId = {RequestId} }}";
}
