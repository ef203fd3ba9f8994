namespace Culvert.Identity.Service.Jobs;

/// <param name="Reason">The reason, for the audit and shown with the paused job: 1 to 1,000 characters.</param>
internal sealed record PauseJobRequest(string Reason);
