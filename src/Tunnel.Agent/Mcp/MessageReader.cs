using System.Text.Unicode;
using Culvert.Jose.Json;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// The only reader of MCP messages (P11). It notes errors; consumers refuse those that readers could misread.
/// </summary>
internal static class MessageReader
{
    /// <summary>The deepest nesting that any policy can allow; further errors of a deeper message do not matter.</summary>
    public const int DeepestAllowed = 1000;

    public static McpMessage Read(ReadOnlyMemory<byte> bytes)
    {
        bytes = Utf8Text.WithoutMark(bytes);
        var message = new McpMessage(bytes);
        return Utf8.IsValid(bytes.Span) && PlainMessage.TryRead(message) ? message : ReadWithCare(bytes);
    }

    /// <summary>As <see cref="Read"/>, with the reader that handles any message.</summary>
    internal static McpMessage ReadWithCare(ReadOnlyMemory<byte> bytes)
    {
        var message = ReadAll(bytes, JsonValues.MostOfMessage);
        if (!message.Has(MessageErrors.NotJson | MessageErrors.TooManyValues) && message.Depth <= DeepestAllowed)
        {
            message.Errors |= FindDuplicate(message);
        }

        return message;
    }

    /// <summary>Reads a server's message. Duplicate names are noted only for members that the agent uses.</summary>
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
            message.Errors = MessageErrors.NotJson;
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
