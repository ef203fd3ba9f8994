using Culvert.Platform.Addresses;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency.Witnesses;

/// <summary>A witness of the transparency log (c2sp.org/tlog-witness), as the installation's operator names it.</summary>
internal sealed record WitnessOptions
{
    /// <summary>What operators call it.</summary>
    public required string Name { get; init; }

    /// <summary>The prefix of <c>/add-checkpoint</c>; https.</summary>
    public required Uri Url { get; init; }

    /// <summary>The only key whose signatures count.</summary>
    public required CosignatureKey Key { get; init; }

    /// <summary>The only roots that may vouch for its server; empty = the system's.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Private addresses that its name may have, on the URL's port (S27); empty = public ones on port 443 alone.</summary>
    public AddressRanges Networks { get; init; } = AddressRanges.Empty;
}
