namespace Culvert.Identity.Service.Exchange;

internal enum TokenExchangeOutcome
{
    Granted,

    /// <summary>Recorded, or of an unknown rule; the caller learns nothing more.</summary>
    Denied,

    /// <summary>Nothing was decided because nothing can be recorded.</summary>
    Unavailable,
}
