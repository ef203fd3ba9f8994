namespace Culvert.Identity.Service.Documentation.Shapes;

/// <summary>A page of the authentication history.</summary>
internal sealed record AuthenticationListDocument
{
    public required IReadOnlyList<AuthenticationDocument> Data { get; init; }

    public required string? NextPage { get; init; }
}
