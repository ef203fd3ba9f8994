namespace Culvert.Identity.Service.Exchange.Probing;

/// <summary>What a probe of the exchange must come to.</summary>
internal enum ProbeKind
{
    /// <summary>A proper token is granted.</summary>
    Positive,

    /// <summary>A forged one and one for somebody else are denied, each for its own reason.</summary>
    Negative,
}
