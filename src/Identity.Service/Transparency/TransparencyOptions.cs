using Culvert.Identity.Service.Transparency.Witnesses;

namespace Culvert.Identity.Service.Transparency;

internal sealed record TransparencyOptions
{
    /// <summary>The witnesses that cosign tree heads; none by default.</summary>
    public IReadOnlyList<WitnessOptions> Witnesses { get; init; } = [];
}
