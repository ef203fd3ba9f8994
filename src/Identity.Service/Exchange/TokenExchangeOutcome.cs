namespace Culvert.Identity.Service.Exchange;

internal enum TokenExchangeOutcome
{
    Granted,

    /// <summary>Recorded, unless no rule has the id. The caller learns nothing more.</summary>
    Denied,

    /// <summary>Nothing was decided because nothing can be recorded.</summary>
    Unavailable,
}
