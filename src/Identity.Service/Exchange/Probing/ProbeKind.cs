namespace Culvert.Identity.Service.Exchange.Probing;

/// <summary>The expected result of a probe of the exchange.</summary>
internal enum ProbeKind
{
    /// <summary>The exchange grants a proper token.</summary>
    Positive,

    /// <summary>The exchange denies a forged token and a token for another recipient, each for its own reason.</summary>
    Negative,
}
