using Culvert.Identity.Service.Documentation.Shapes;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Nodes;
using Culvert.Identity.Service.Search;
using Culvert.Identity.Service.Status;

namespace Culvert.Identity.Service.Documentation.Operations;

internal static class InstallationOperations
{
    public static void Describe(OperationTable table)
    {
        table
            .Add(
                "GET /healthz",
                "check_health",
                "Check that the process runs",
                "Responds while the process serves requests. The health port reports whether the service can "
                    + "do its work."
            )
            .Answers<HealthDocument>();
        table
            .Add(
                "GET /v1/clock",
                "get_clock",
                "Get the state of the clock",
                "The state of this node's clock. After a step the node signs nothing until an operator "
                    + "confirms the clock."
            )
            .Answers<ClockDocument>();
        table
            .Add(
                "POST /v1/clock/confirm",
                "confirm_clock",
                "Confirm the clock",
                "Confirms that the current time is correct. The node signs again from then on."
            )
            .Answers<ClockDocument>();
        table
            .Add(
                "GET /v1/versions",
                "list_program_versions",
                "List program versions",
                "The versions of the service nodes, the edges and the agents of the installation."
            )
            .Answers<VersionListDocument>();
        table
            .Add(
                "GET /v1/status",
                "get_status",
                "Get the status of everything",
                "Whether everything that the caller may see works: tunnels, issuers, authorities, certificates, work that "
                    + "waits for a person, and for operators of the installation edges, nodes, clock, jobs and backups. "
                    + "Tunnels come in pages; the checks of everything else are on the first page."
            )
            .Paged()
            .Answers<StatusDocument>();
        table
            .Add(
                "GET /v1/search",
                "search",
                "Search by id, serial number or name",
                "What has this id, serial number, SHA-256 fingerprint of a registered certificate, or SHA-256 of a key. If "
                    + "nothing has, what has this text in its name, domain or URL, in upper or lower case, among the newest "
                    + "10,000 objects of each kind; of certificates those with exactly this DNS name or URI. A caller finds "
                    + "what it may list. `limit` counts the objects of each kind: 10 by default, at most 100."
            )
            .Query("limit", "q", "type")
            .Answers<SearchDocument>();
        table
            .Add(
                "GET /v1/jobs",
                "list_jobs",
                "List recurring jobs",
                "The recurring jobs of this node with their last run and their next run."
            )
            .Answers<Page<JobDocument>>();
        table
            .Add(
                "POST /v1/jobs/{job}/run",
                "run_job",
                "Run a job now",
                "Runs the job on this node, even if it is paused, and responds when the run has finished."
            )
            .Answers<JobDocument>();
        table
            .Add(
                "POST /v1/jobs/{job}/pause",
                "pause_job",
                "Pause a job",
                "The job runs on no node until it is resumed. The reason is required and audited."
            )
            .Takes<PauseJobRequest>()
            .Answers<JobDocument>();
        table
            .Add(
                "POST /v1/jobs/{job}/resume",
                "resume_job",
                "Resume a job",
                "Resumes the job; a run starts immediately."
            )
            .Answers<JobDocument>();
        table
            .Add(
                "GET /v1/openapi.json",
                "get_api_description",
                "Get this description",
                "The description of this API as OpenAPI 3.1, generated from the endpoints of the running version."
            )
            .Answers<ApiDescriptionDocument>();
    }
}
