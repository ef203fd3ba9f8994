using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Policy.Approvals;

/// <summary>
/// A page for the user in a modern client's message (MCP 2026-07-28, multi round-trip requests). The agent answers a call
/// with the page; the client repeats the call with its user's answer, which decides nothing: only the service does.
/// There is one round, never within a round of the server, whose state the client must return unchanged.
/// </summary>
/// <param name="CanAsk">The client opens pages for its user, and this call has not yet led to one.</param>
/// <param name="HasAnswer">The message has the client's answer to the agent, which is not for the upstream.</param>
internal readonly record struct PageDialogue(bool CanAsk, bool HasAnswer, bool IsDeclined)
{
    private const string Parameters = "params";
    private const string Answers = "inputResponses";
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MessageReader.DeepestAllowed };

    /// <param name="message">Must have no duplicate members.</param>
    /// <param name="member">The member of the agent's question, and of the client's answer to it.</param>
    public static PageDialogue Read(McpMessage message, string member)
    {
        // Only results of these methods may contain requests to the client.
        if (!McpMethods.RepeatsName(message.Method) || message.Id.IsEmpty)
        {
            return default;
        }

        var parameters = message.Parameters;
        if (parameters.ValueKind != JsonValueKind.Object || parameters.TryGetProperty("requestState", out _))
        {
            return default;
        }

        if (!parameters.TryGetProperty(Answers, out var answers))
        {
            return new PageDialogue(CanOpenPages(parameters), HasAnswer: false, IsDeclined: false);
        }

        return
            answers.ValueKind == JsonValueKind.Object
            && answers.GetPropertyCount() == 1
            && answers.TryGetProperty(member, out var answer)
            ? new PageDialogue(CanAsk: false, HasAnswer: true, !IsAccepted(answer))
            : default;
    }

    public static byte[] RemoveAnswer(McpMessage message)
    {
        var bytes = message.Bytes.Span;
        var reader = new Utf8JsonReader(bytes, ReaderOptions);
        reader.Read();
        while (reader.Read() && !reader.ValueTextEquals(Parameters))
        {
            reader.Read();
            reader.Skip();
        }

        reader.Read();
        var previousEnd = -1;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isAnswer = reader.ValueTextEquals(Answers);
            reader.Read();
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            if (!isAnswer)
            {
                previousEnd = end;
                continue;
            }

            // Removes the comma before the member, or otherwise the comma after it.
            if (previousEnd >= 0)
            {
                start = previousEnd;
            }
            else
            {
                reader.Read();
                end = (int)reader.TokenStartIndex;
            }

            return [.. bytes[..start], .. bytes[end..]];
        }

        throw new InvalidOperationException("The message has no answer.");
    }

    private static bool CanOpenPages(JsonElement parameters) =>
        parameters.TryGetProperty("_meta", out var meta)
        && meta.ValueKind == JsonValueKind.Object
        && meta.TryGetProperty(McpMessage.CapabilitiesMember, out var capabilities)
        && capabilities.ValueKind == JsonValueKind.Object
        && capabilities.TryGetProperty("elicitation", out var elicitation)
        && elicitation.ValueKind == JsonValueKind.Object
        && elicitation.TryGetProperty("url", out var url)
        && url.ValueKind == JsonValueKind.Object;

    private static bool IsAccepted(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object
        && answer.TryGetProperty("action", out var action)
        && action.ValueKind == JsonValueKind.String
        && action.ValueEquals("accept");
}
