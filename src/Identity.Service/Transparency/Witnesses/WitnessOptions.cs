using Culvert.Platform.Addresses;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency.Witnesses;

/// <summary>A witness of the transparency log (c2sp.org/tlog-witness), configured by the operator.</summary>
internal sealed record WitnessOptions
{
    /// <summary>The name for operators.</summary>
    public required string Name { get; init; }

    /// <summary>The URL prefix of <c>/add-checkpoint</c>; https.</summary>
    public required Uri Url { get; init; }

    /// <summary>The only key whose signatures are accepted.</summary>
    public required CosignatureKey Key { get; init; }

    /// <summary>The only trusted roots for its server; empty = the system's.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>
    /// Private addresses that its name may resolve to, on the URL's port (S27); empty = only public ones on port 443.
    /// </summary>
    public AddressRanges Networks { get; init; } = AddressRanges.Empty;
}
