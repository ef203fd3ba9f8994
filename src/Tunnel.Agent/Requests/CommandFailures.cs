namespace Culvert.Tunnel.Agent.Requests;

/// <summary>Why a command of a provider's control plane is answered without being served.</summary>
internal static class CommandFailures
{
    public static readonly Failure Unreadable = new(
        FailedHop.Agent,
        "agent.command_unreadable",
        400,
        ErrorTypes.InvalidRequest,
        "The agent cannot serve this command of the provider's control plane.",
        "Its type is unknown, or its channel, message, session or id cannot be read.",
        "The agent's log names the member (event 20008); update the agent if the provider's protocol has a newer version."
    );

    public static readonly Failure HeadersTooLarge = new(
        FailedHop.Agent,
        "agent.command_headers_too_large",
        431,
        ErrorTypes.InvalidRequest,
        "The headers of this command of the provider's control plane are too large.",
        "The product sends more than 128 headers or more than 64 KiB of them.",
        "Send fewer or shorter headers."
    );

    public static readonly Failure TooMany = new(
        FailedHop.Agent,
        "agent.commands_too_many",
        503,
        "overloaded_error",
        "The provider's control plane delivered more commands at once than its protocol allows.",
        "A poll delivered more than 25 commands.",
        "Retry after a moment; report it to the provider if this lasts."
    )
    {
        RetryAfterSeconds = 1,
    };

    public static readonly Failure QueueTimeout = new(
        FailedHop.Agent,
        "agent.command_queue_timeout",
        503,
        "overloaded_error",
        "The command waited too long for another one to end.",
        "All of max_commands were in use for as long as max_call_time.",
        "Retry after a moment; raise max_commands of the tunnel if this lasts."
    )
    {
        RetryAfterSeconds = 1,
    };

    /// <summary>All of them, for the catalogue of codes.</summary>
    public static IReadOnlyList<Failure> All { get; } = [Unreadable, HeadersTooLarge, TooMany, QueueTimeout];
}
