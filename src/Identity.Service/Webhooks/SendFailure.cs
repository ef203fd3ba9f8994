namespace Culvert.Identity.Service.Webhooks;

/// <summary>Why a delivery failed, in one sentence for the operator.</summary>
/// <param name="IsFinal">Whether a retry is useless.</param>
internal sealed record SendFailure(string Reason, bool IsFinal = false);
