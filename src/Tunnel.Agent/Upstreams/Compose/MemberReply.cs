using System.Text.Json;

namespace Culvert.Tunnel.Agent.Upstreams.Compose;

/// <summary>The response to a message that the agent sent to a member.</summary>
/// <param name="Reason">Why the agent itself answered; empty for an answer of the server.</param>
/// <param name="Message">The JSON-RPC response; undefined without one.</param>
/// <param name="Problem">Why there is no message; empty with one.</param>
internal sealed record MemberReply(int Status, string Reason, JsonElement Message, string Problem)
{
    /// <summary>The session that the server opened; empty without one.</summary>
    public string Session { get; init; } = "";

    public bool HasResult => Message.ValueKind == JsonValueKind.Object && Result.ValueKind == JsonValueKind.Object;

    public JsonElement Result => Get("result"u8);

    /// <summary>
    /// Whether the server has not executed the message: it does not know the session, or does not speak the revision.
    /// </summary>
    public bool IsOutdated =>
        !HasResult
        && Status is StatusCodes.Status400BadRequest or StatusCodes.Status404NotFound
        && (Reason.Length == 0 || Reason.StartsWith("agent.", StringComparison.Ordinal));

    /// <summary>Whether another message would have the same outcome, because the server cannot be reached or is forbidden.</summary>
    public bool IsFinal => Reason.Length > 0 && !Reason.StartsWith("agent.", StringComparison.Ordinal);

    /// <summary>The code for the composed call.</summary>
    public string Code =>
        Reason.Length > 0 ? Reason
        : Message.ValueKind == JsonValueKind.Object ? "rpc_error"
        : Problem;

    public JsonElement Get(ReadOnlySpan<byte> member) =>
        Message.ValueKind == JsonValueKind.Object && Message.TryGetProperty(member, out var value) ? value : default;
}
