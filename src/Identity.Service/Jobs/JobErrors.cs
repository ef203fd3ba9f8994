using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Jobs;

internal static class JobErrors
{
    public static readonly ErrorCode Paused = new(
        "job.paused",
        409,
        "The job is paused already.",
        "An operator paused it before.",
        "See who and why with `culvert job list`."
    );

    public static readonly ErrorCode NotPaused = new(
        "job.not_paused",
        409,
        "The job is not paused.",
        "No operator paused it, or one resumed it in the meantime.",
        "Do nothing: the job runs."
    );

    public static readonly ErrorCode Running = new(
        "job.running",
        409,
        "The round that was asked for has not ended within 30 seconds.",
        "The job has much to do, or something that it needs does not answer.",
        "It goes on. See how it ended with `culvert job list`."
    );
}
