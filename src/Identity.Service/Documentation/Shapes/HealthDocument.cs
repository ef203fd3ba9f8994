namespace Culvert.Identity.Service.Documentation.Shapes;

/// <summary>What a process that runs answers.</summary>
internal sealed record HealthDocument
{
    public required string Status { get; init; }
}
