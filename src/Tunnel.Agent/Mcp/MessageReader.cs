using System.Text.Unicode;
using Culvert.Jose.Json;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// The one reader of MCP messages (P11). It refuses nothing: it notes what is wrong, and consumers refuse what would let
/// another reader understand the same bytes otherwise.
/// </summary>
internal static class MessageReader
{
    /// <summary>No policy can allow a message to be deeper, so what else is wrong with a deeper one does not matter.</summary>
    public const int DeepestAllowed = 1000;

    /// <summary>Reads what a client sends.</summary>
    public static McpMessage Read(ReadOnlyMemory<byte> bytes)
    {
        bytes = Utf8Text.WithoutMark(bytes);
        var message = new McpMessage(bytes);
        return Utf8.IsValid(bytes.Span) && PlainMessage.TryRead(message) ? message : ReadWithCare(bytes);
    }

    /// <summary>As <see cref="Read"/>, of any message.</summary>
    internal static McpMessage ReadWithCare(ReadOnlyMemory<byte> bytes)
    {
        var message = ReadAll(bytes, JsonValues.MostOfMessage);
        if (!message.Has(MessageErrors.NotJson | MessageErrors.TooManyValues) && message.Depth <= DeepestAllowed)
        {
            message.Faults |= FindDuplicate(message);
        }

        return message;
    }

    /// <summary>
    /// Reads what a server says. A name that is there twice is noted only where the agent itself goes by it: what else a
    /// server says is its own, and may be long.
    /// </summary>
    public static McpMessage ReadAnswer(ReadOnlyMemory<byte> bytes) => ReadAll(bytes, int.MaxValue);

    private static McpMessage ReadAll(ReadOnlyMemory<byte> bytes, int mostValues)
    {
        bytes = Utf8Text.WithoutMark(bytes);
        var message = new McpMessage(bytes);
        if (Utf8.IsValid(bytes.Span))
        {
            MessageWalk.Read(message, mostValues);
        }
        else
        {
            message.Faults = MessageErrors.NotJson;
        }

        return message;
    }

    private static MessageErrors FindDuplicate(McpMessage message)
    {
        try
        {
            return DuplicateNames.Exist(message.Bytes, Math.Max(1, message.Depth))
                ? MessageErrors.Duplicate
                : MessageErrors.None;
        }
        catch (InvalidOperationException)
        {
            return MessageErrors.NotJson; // half a surrogate pair
        }
    }
}
