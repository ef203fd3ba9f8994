using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// The provider's callers name a target <c>label</c>, those of the agent's own edges <c>name</c>. A call gets the
/// agent's name before its route checks it, so that one policy applies to both and neither evades it.
/// </summary>
internal static class CalloutNames
{
    private static readonly byte[] Label = "\"label\""u8.ToArray();
    private static readonly byte[] Name = "\"name\""u8.ToArray();

    /// <summary>
    /// Exchanges the two names in the arguments of a tool call, so that no argument is duplicated, and <c>name</c> is
    /// as unknown to this channel as <c>label</c> is to the others.
    /// </summary>
    public static ReadOnlyMemory<byte> ToOwn(McpMessage message)
    {
        // Messages that readers could understand in two ways stay unchanged and are refused later.
        if (
            message.Method != McpMethods.CallTool
            || message.Arguments.IsEmpty
            || !message.IsRelayable
            || message.Has(MessageErrors.Duplicate)
        )
        {
            return message.Bytes;
        }

        var edits = new List<(ReadOnlyMemory<byte> Part, ReadOnlyMemory<byte> Value)>();
        var reader = new Utf8JsonReader(
            message.Arguments.Span,
            new JsonReaderOptions { MaxDepth = McpMessage.MaxDepth }
        );
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
            {
                continue;
            }

            var instead =
                reader.ValueTextEquals("label"u8) ? Name
                : reader.ValueTextEquals("name"u8) ? Label
                : null;
            if (instead is not null)
            {
                edits.Add((message.Arguments.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2), instead));
            }
        }

        return edits.Count == 0 ? message.Bytes : message.With([.. edits]);
    }
}
