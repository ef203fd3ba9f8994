namespace Culvert.Tunnel.Agent.Requests;

/// <summary>What fails with the program behind a route.</summary>
internal static class ChildFailures
{
    public static readonly Failure ChildrenBusy = new(
        FailedHop.Upstream,
        "upstream.children_busy",
        503,
        "overloaded_error",
        "The maximum number of programs runs for this route.",
        "Other sessions use them all.",
        "Retry after a moment; raise stdio.max_children or lower stdio.timeouts.idle if this lasts."
    )
    {
        RetryAfterSeconds = 1,
    };

    public static readonly Failure ChildNotStarted = new(
        FailedHop.Upstream,
        "upstream.child_not_started",
        502,
        ErrorTypes.Api,
        "The program behind this route cannot be started.",
        "The command does not exist or is not executable, or a secret of its environment cannot be read.",
        "Read the agent's log; run the command on the agent's host as the agent's user."
    );

    public static readonly Failure ChildRestarting = new(
        FailedHop.Upstream,
        "upstream.child_restarting",
        503,
        "overloaded_error",
        "The program behind this route failed and has not been restarted yet.",
        "It exited unexpectedly; each consecutive failure doubles the back-off.",
        "Retry after a moment; the agent's log contains the program's output."
    )
    {
        RetryAfterSeconds = 1,
    };

    public static readonly Failure ChildFailed = new(
        FailedHop.Upstream,
        "upstream.child_failed",
        503,
        ErrorTypes.Api,
        "The program behind this route failed and will not be restarted.",
        "It exited unexpectedly, and stdio.restart.policy is never.",
        "Fix the program, then restart the agent."
    );

    public static readonly Failure ChildExited = new(
        FailedHop.Upstream,
        "upstream.child_exited",
        502,
        ErrorTypes.Api,
        "The program behind this route exited before it responded.",
        "It crashed, or was stopped.",
        "The agent's log contains the program's output; the call may have run."
    );

    public static readonly Failure ChildNotReading = new(
        FailedHop.Upstream,
        "upstream.child_not_reading",
        503,
        "overloaded_error",
        "The program behind this route does not read further messages.",
        "It does not read its standard input, or not fast enough.",
        "Retry after a moment; check whether the program hangs."
    )
    {
        RetryAfterSeconds = 1,
    };

    public static readonly Failure ChildOverrun = new(
        FailedHop.Upstream,
        "upstream.child_overrun",
        502,
        ErrorTypes.Api,
        "The program behind this route sent a message that is too large, and was stopped.",
        "A result is larger than stdio.max_message_bytes.",
        "Request less, or raise the limit of the route."
    );

    public static readonly Failure ChildBadOutput = new(
        FailedHop.Upstream,
        "upstream.child_bad_output",
        502,
        ErrorTypes.Api,
        "The program behind this route wrote output that is not MCP.",
        "It prints text to its standard output, or is not an MCP server.",
        "Let it log to its standard error."
    );

    public static readonly Failure ChildUnmatched = new(
        FailedHop.Upstream,
        "upstream.child_unmatched",
        502,
        ErrorTypes.Api,
        "The program behind this route responded under an id that no request has.",
        "It does not repeat the id of the request in its response, as JSON-RPC 2.0 requires.",
        "Fix the program: the response must have the id of its request. The call may have run."
    );
}
