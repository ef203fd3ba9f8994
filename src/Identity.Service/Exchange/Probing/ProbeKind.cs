namespace Culvert.Identity.Service.Exchange.Probing;

/// <summary>The expected result of a probe of the exchange.</summary>
internal enum ProbeKind
{
    /// <summary>A proper token is granted.</summary>
    Positive,

    /// <summary>A forged token and a token for another recipient are denied, each for its own reason.</summary>
    Negative,
}
