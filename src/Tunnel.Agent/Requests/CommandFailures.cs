namespace Culvert.Tunnel.Agent.Requests;

/// <summary>Why a command of a provider's control plane is answered without being served.</summary>
internal static class CommandFailures
{
    public static readonly Failure Unreadable = Failures.Get("agent.command_unreadable");
    public static readonly Failure HeadersTooLarge = Failures.Get("agent.command_headers_too_large");
    public static readonly Failure TooMany = Failures.Get("agent.commands_too_many");
    public static readonly Failure QueueTimeout = Failures.Get("agent.command_queue_timeout");
}
