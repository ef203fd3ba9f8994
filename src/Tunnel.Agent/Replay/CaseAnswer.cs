using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Replay;

/// <summary>The server's answer in a test case, and what of it must cross.</summary>
/// <param name="Result">The whole result, in JSON.</param>
/// <param name="Finding">The structured part that the caller must get; null: nothing crosses.</param>
/// <param name="Withheld">Why nothing crosses, as in the record; otherwise empty.</param>
internal sealed record CaseAnswer(string Result, JsonElement? Finding, string Withheld)
{
    private const string Structured = "answer";
    private const string Whole = "result";
    private static readonly string[] Keys = [Structured, Whole, "finding", "withheld"];

    /// <param name="root">The case.</param>
    /// <param name="answer">Null: the case is only about the call.</param>
    /// <returns>What is wrong with the case; null: it was read.</returns>
    public static string? TryRead(JsonElement root, RecordedCall call, out CaseAnswer? answer)
    {
        answer = null;
        var (written, whole) = (Find(root, Structured), Find(root, Whole));
        var (finding, withheld) = (Find(root, "finding"), Find(root, "withheld"));
        if (Keys.All(key => Find(root, key) is null))
        {
            return null;
        }

        if (call.Decision != "allow")
        {
            return "answer: A call that is denied has no answer. Write \"expect\": \"allow\", or remove answer, result, finding and withheld.";
        }

        if ((written is null) == (whole is null))
        {
            return written is null
                ? "answer: It says what crosses, and not of which answer. Write the structured part of the server's answer, or its whole result under result."
                : "answer: It has the structured part and the whole result. Write answer or result.";
        }

        if ((finding is null) == (withheld is null))
        {
            return finding is null
                ? "finding: It does not say what of the answer crosses. Write the structured part that the caller gets, or under withheld why it gets none."
                : "finding: Either something crosses, or nothing does. Write finding or withheld.";
        }

        if (withheld is { } why && (why.ValueKind != JsonValueKind.String || why.GetString() is ""))
        {
            return "withheld: It is not a word. Write the problem that the record would have, such as \"not_json\" or \"error\".";
        }

        if (whole is { } result && result.ValueKind != JsonValueKind.Object)
        {
            return "result: It is not an object. Write what the server sends as the result of its message.";
        }

        if (Write(call, written, whole) is not { } text)
        {
            return call.Kind == TargetKind.Prompt && whole is null
                ? "answer: A prompt has no structured part. Write its result under result."
                : "answer: Only calls of tools, prompts and resources have answers that rules judge. Remove answer, result, finding and withheld.";
        }

        answer = new CaseAnswer(text, finding?.Clone(), withheld?.GetString() ?? "");
        return null;
    }

    // Null: such a call has no answer of this kind.
    private static string? Write(RecordedCall call, JsonElement? written, JsonElement? whole) =>
        call.Method switch
        {
            McpMethods.CallTool or McpMethods.ReadResource or McpMethods.GetPrompt when whole is { } result =>
                result.GetRawText(),
            McpMethods.CallTool when written is { } part => $$"""{"structuredContent":{{part.GetRawText()}}}""",
            McpMethods.ReadResource when written is { } part =>
                $$"""{"contents":[{"uri":{{Quote(call.Name)}},"mimeType":"application/json","text":{{Quote(part.GetRawText())}}}]}""",
            _ => null,
        };

    private static string Quote(string text) => JsonSerializer.Serialize(text, LearnedJson.Default.String);

    private static JsonElement? Find(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) ? value : null;
}
