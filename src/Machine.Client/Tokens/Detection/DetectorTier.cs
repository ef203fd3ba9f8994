namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>How close a platform is to the process: the job runner says more about a job than the machine does.</summary>
internal enum DetectorTier
{
    /// <summary>A CI job.</summary>
    Job,

    /// <summary>A pod, or a workload that an identity agent knows.</summary>
    Workload,

    /// <summary>The machine itself; checked only when there is nothing closer.</summary>
    Machine,
}
