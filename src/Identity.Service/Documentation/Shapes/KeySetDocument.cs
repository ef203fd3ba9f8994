namespace Culvert.Identity.Service.Documentation.Shapes;

/// <summary>RFC 7517 §5.</summary>
internal sealed record KeySetDocument
{
    /// <summary>Public keys as JSON Web Keys.</summary>
    public required IReadOnlyList<Dictionary<string, string>> Keys { get; init; }
}
