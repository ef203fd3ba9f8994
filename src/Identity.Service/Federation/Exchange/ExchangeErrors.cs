using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Federation.Exchange;

/// <summary>Refusals of the token endpoint beside those of a malformed request.</summary>
internal static class ExchangeErrors
{
    /// <summary>The one answer to every denial: whoever probes a rule learns nothing from it.</summary>
    public static readonly ErrorCode Failed = new(
        "exchange.failed",
        401,
        "Authentication failed",
        "The rule is unknown or archived, or the assertion does not satisfy it. The caller is not told which.",
        "Look up the request id in the authentication history; without an entry the rule id is not known here."
    );

    public static readonly ErrorCode Busy = new(
        "exchange.busy",
        429,
        "The token endpoint is at its limit.",
        "All callers together exceeded limits.exchange_total.",
        "Wait for the time in retry-after, or raise the limit."
    );
}
