using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Jobs;

internal static class JobErrors
{
    public static readonly ErrorCode Paused = new(
        "job.paused",
        409,
        "The job is paused already.",
        "An operator paused it before.",
        "Run `culvert job list` to see who paused it and why."
    );

    public static readonly ErrorCode NotPaused = new(
        "job.not_paused",
        409,
        "The job is not paused.",
        "No operator paused it, or one resumed it in the meantime.",
        "Nothing is required: the job is running."
    );

    public static readonly ErrorCode Running = new(
        "job.running",
        409,
        "The requested run has not finished within 30 seconds.",
        "The job has much work, or a dependency does not respond.",
        "The run continues. Run `culvert job list` to see its result."
    );
}
