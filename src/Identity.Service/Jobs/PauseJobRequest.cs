namespace Culvert.Identity.Service.Jobs;

internal sealed record PauseJobRequest
{
    /// <summary>The reason, for the audit and shown with the paused job: 1 to 1,000 characters.</summary>
    public required string Reason { get; init; }
}
