using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Signals;

/// <summary>The body of a poll (RFC 8936 §2.2).</summary>
/// <param name="MaxEvents">0 = it only reports.</param>
/// <param name="ReturnImmediately">Always true: the service polls again soon, so that no request has to wait.</param>
/// <param name="Ack">The <c>jti</c> of received tokens that are durable.</param>
/// <param name="SetErrs">Why tokens are refused, by their <c>jti</c>.</param>
internal sealed record SignalPollRequest(
    int MaxEvents,
    bool ReturnImmediately,
    IReadOnlyList<string> Ack,
    IReadOnlyDictionary<string, SecurityEventErrorDocument> SetErrs
);
