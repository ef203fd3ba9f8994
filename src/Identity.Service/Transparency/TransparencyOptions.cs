using Culvert.Identity.Service.Transparency.Witnesses;

namespace Culvert.Identity.Service.Transparency;

/// <summary>The <c>transparency</c> section, validated.</summary>
internal sealed record TransparencyOptions
{
    /// <summary>Who cosigns the tree heads; none unless the operator names them.</summary>
    public IReadOnlyList<WitnessOptions> Witnesses { get; init; } = [];
}
