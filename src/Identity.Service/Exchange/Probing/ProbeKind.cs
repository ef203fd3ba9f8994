namespace Culvert.Identity.Service.Exchange.Probing;

internal enum ProbeKind
{
    Positive,

    /// <summary>The exchange denies a forged token and a token for another recipient, each for its own reason.</summary>
    Negative,
}
