namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>Values that an issuer with the preset gets if its request does not set them.</summary>
internal sealed record PresetDefaults(
    IReadOnlyList<string> Algorithms,
    IReadOnlyList<string> Types,
    int MaxJwtLifetimeSeconds,
    string ReplayMode
);
