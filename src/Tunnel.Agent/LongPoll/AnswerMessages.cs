using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>Relates a message of an MCP server to the request that a command carries.</summary>
internal static class AnswerMessages
{
    private const MessageErrors NotJsonRpc =
        MessageErrors.NotJson
        | MessageErrors.Repeated
        | MessageErrors.Batch
        | MessageErrors.NotAnObject
        | MessageErrors.Version
        | MessageErrors.Method
        | MessageErrors.Shape
        | MessageErrors.Id
        | MessageErrors.NoId;

    public static bool IsReadable(McpMessage message) =>
        !message.Has(NotJsonRpc) && message.Depth <= MessageReader.DeepestAllowed;

    /// <param name="id">The request's id, as written; empty for none.</param>
    public static bool IsAnswer(McpMessage message, ReadOnlyMemory<byte> id) =>
        message.Kind == MessageKind.Response && IsReadable(message) && IsSameId(message.Id, id);

    /// <summary>The answer with the request's id as written, if the server wrote a number as text.</summary>
    public static ReadOnlyMemory<byte> WithId(McpMessage message, ReadOnlyMemory<byte> id) =>
        message.Id.Span is [(byte)'"', ..] && id.Span is not [(byte)'"', ..]
            ? message.With((message.Id, id))
            : message.Bytes;

    // A server may encode the same text or number differently, and a number as text.
    private static bool IsSameId(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right)
    {
        if (left.Span.SequenceEqual(right.Span))
        {
            return !left.IsEmpty;
        }

        if (MessageId.StandsFor(left.Span, right.Span))
        {
            return true;
        }

        try
        {
            using var one = JsonDocument.Parse(left);
            using var other = JsonDocument.Parse(right);
            return JsonElement.DeepEquals(one.RootElement, other.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
