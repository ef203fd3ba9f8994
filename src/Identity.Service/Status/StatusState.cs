namespace Culvert.Identity.Service.Status;

/// <summary>What a check found; the worst last.</summary>
internal enum StatusState
{
    Ok,

    /// <summary>It works, and a person has something to do or will soon.</summary>
    Warning,

    /// <summary>This node has not heard enough to say; never counted as good.</summary>
    Unknown,

    /// <summary>It does not work, or will stop within days.</summary>
    Problem,
}
