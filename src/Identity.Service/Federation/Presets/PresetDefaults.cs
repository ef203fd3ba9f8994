namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>Values that an issuer with the preset gets if its request does not set them.</summary>
internal sealed record PresetDefaults
{
    public required IReadOnlyList<string> Algorithms { get; init; }

    public required IReadOnlyList<string> Types { get; init; }

    public required int MaxJwtLifetimeSeconds { get; init; }

    public required string ReplayMode { get; init; }
}
