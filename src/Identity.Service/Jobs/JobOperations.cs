using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Jobs;

internal static class JobOperations
{
    public static readonly Operation List = Operation
        .Get("list_jobs", "/v1/jobs", Access.InstallationOperate)
        .ForConsole()
        .Describe("List recurring jobs", "The recurring jobs of this node with their last run and their next run.")
        .Returns<Page<JobDocument>>();

    public static readonly Operation Run = Operation
        .Post("run_job", "/v1/jobs/{job}/run", Access.InstallationOperate)
        .ForConsole()
        .Describe(
            "Run a job now",
            "Runs the job on this node, even if it is paused, and responds when the run has finished."
        )
        .Returns<JobDocument>();

    public static readonly Operation Pause = Operation
        .Post("pause_job", "/v1/jobs/{job}/pause", Access.InstallationOperate)
        .ForConsole()
        .Describe("Pause a job", "The job runs on no node until it is resumed. The reason is required and audited.")
        .Accepts<PauseJobRequest>()
        .Returns<JobDocument>();

    public static readonly Operation Resume = Operation
        .Post("resume_job", "/v1/jobs/{job}/resume", Access.InstallationOperate)
        .ForConsole()
        .Describe("Resume a job", "Resumes the job; a run starts immediately.")
        .Returns<JobDocument>();
}
