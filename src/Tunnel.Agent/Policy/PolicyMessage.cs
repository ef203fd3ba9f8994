using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>Decides which messages a policy can check: those that servers cannot read differently (P11, M8).</summary>
internal static class PolicyMessage
{
    // The specification requires it for a method that the revision lacks, whatever its parameters are. Not a field: the
    // catalogue of codes has each failure once.
    private static Failure MethodRemoved =>
        PolicyFailures.ParamsInvalid with
        {
            Status = 404,
            Message = "Method not found",
            RpcCode = RpcText.MethodNotFound,
        };

    /// <summary>
    /// Why a message must not pass, regardless of the rules. In this order: 1. JSON, its size and depth, duplicate
    /// members, 2. one object, 3. look-alike members, 4. JSON-RPC, 5. parameters, 6. headers.
    /// </summary>
    public static Failure? FindFailure(McpMessage message, MessageHead head, int maxDepth) =>
        message.Has(MessageErrors.NotJson) ? PolicyFailures.NotJson
        : message.Has(MessageErrors.TooManyValues) ? PolicyFailures.TooLarge
        : message.Depth > maxDepth ? PolicyFailures.TooDeep
        : message.Has(MessageErrors.Duplicate | MessageErrors.Repeated) ? PolicyFailures.DuplicateKey
        : message.Has(MessageErrors.Batch) ? PolicyFailures.Batch
        : message.Has(MessageErrors.NotAnObject) ? PolicyFailures.NotAnObject
        : message.Has(MessageErrors.LookAlike | MessageErrors.ForeignName) ? PolicyFailures.LookAlikeKey
        : message.Has(MessageErrors.Invalid) ? PolicyFailures.Invalid
        : message.Has(MessageErrors.Params | MessageErrors.Target)
            ? head.IsModern && McpMethods.IsRemoved(message.Method) ? MethodRemoved
                : PolicyFailures.ParamsInvalid
        : head.Fault != HeadError.None ? PolicyFailures.HeadersMismatch
        : null;

    /// <summary>The message's id, also if the message is refused; empty if it is in doubt which member is the id.</summary>
    public static ReadOnlyMemory<byte> ReadId(McpMessage message, int maxDepth)
    {
        const MessageErrors InDoubt =
            MessageErrors.NotJson
            | MessageErrors.TooManyValues
            | MessageErrors.Duplicate
            | MessageErrors.Repeated
            | MessageErrors.Id
            | MessageErrors.LongId;
        return message.Has(InDoubt) || message.Depth > maxDepth ? default : message.Id;
    }
}
