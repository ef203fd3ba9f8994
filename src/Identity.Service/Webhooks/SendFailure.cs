namespace Culvert.Identity.Service.Webhooks;

/// <param name="IsFinal">Whether a retry is useless.</param>
internal sealed record SendFailure(string Reason, bool IsFinal = false);
