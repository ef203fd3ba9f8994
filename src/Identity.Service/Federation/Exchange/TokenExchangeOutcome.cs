namespace Culvert.Identity.Service.Federation.Exchange;

internal enum TokenExchangeOutcome
{
    Granted,

    /// <summary>Recorded, or of an unknown rule; the caller learns nothing more.</summary>
    Denied,

    /// <summary>Nothing was decided because nothing can be recorded.</summary>
    Unavailable,
}
