namespace Culvert.Identity.Service.Documentation.Shapes;

internal sealed record HealthDocument
{
    public required string Status { get; init; }
}
