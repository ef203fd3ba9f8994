namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>How close a platform is to the process: what runs a job says more about it than what the machine is.</summary>
internal enum DetectorTier
{
    /// <summary>A pipeline's job.</summary>
    Job,

    /// <summary>A pod, or a workload that an identity agent knows.</summary>
    Workload,

    /// <summary>The machine itself; checked only when there is nothing closer.</summary>
    Machine,
}
