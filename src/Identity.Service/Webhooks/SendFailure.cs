namespace Culvert.Identity.Service.Webhooks;

/// <summary>Why a receiver did not take a message.</summary>
/// <param name="Reason">One sentence for the operator.</param>
/// <param name="IsFinal">Another attempt changes nothing.</param>
internal sealed record SendFailure(string Reason, bool IsFinal = false);
