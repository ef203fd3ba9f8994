namespace Culvert.Tunnel.Agent.Requests;

/// <summary>What fails with the program behind a route.</summary>
internal static class ChildFailures
{
    public static readonly Failure ChildrenBusy = Failures.Get("upstream.children_busy");
    public static readonly Failure ChildNotStarted = Failures.Get("upstream.child_not_started");
    public static readonly Failure ChildRestarting = Failures.Get("upstream.child_restarting");
    public static readonly Failure ChildFailed = Failures.Get("upstream.child_failed");
    public static readonly Failure ChildExited = Failures.Get("upstream.child_exited");
    public static readonly Failure ChildNotReading = Failures.Get("upstream.child_not_reading");
    public static readonly Failure ChildOverrun = Failures.Get("upstream.child_overrun");
    public static readonly Failure ChildBadOutput = Failures.Get("upstream.child_bad_output");
    public static readonly Failure ChildUnmatched = Failures.Get("upstream.child_unmatched");
}
