namespace Culvert.Identity.Service.Status;

/// <summary>The states of a check, in ascending severity.</summary>
internal enum StatusState
{
    Ok,

    /// <summary>It works, but needs an operator's action now or soon.</summary>
    Warning,

    /// <summary>This node has no current information; never counted as healthy.</summary>
    Unknown,

    Problem,
}
