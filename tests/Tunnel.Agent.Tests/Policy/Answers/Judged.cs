using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Requests;
using static Culvert.Tunnel.Agent.Tests.Policy.Policies;

namespace Culvert.Tunnel.Agent.Tests.Policy.Answers;

/// <summary>An answer of a server, judged by rules as they are written in a file.</summary>
internal sealed record Judged(string Output, string? Failure, string Problem, AnswerCounts Counts, long MostHeld)
{
    /// <summary>The structured part that crosses.</summary>
    public JsonElement Structured => Result.GetProperty("structuredContent");

    public JsonElement Result => JsonElement.Parse(Output).GetProperty("result");

    public IReadOnlyList<string> Texts =>
        [.. Result.GetProperty("content").EnumerateArray().Select(c => c.GetProperty("text").GetString()!)];

    /// <summary>An answer to the call with the id 1.</summary>
    public static string Answer(string structured, string more = "") =>
        $$$"""{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{{{structured}}}{{{more}}}}}""";

    /// <param name="answer">The content of the rule's key, in flow style.</param>
    /// <param name="body">What the server sends.</param>
    /// <param name="claims">Of the caller's token.</param>
    /// <param name="piece">The number of bytes that arrive at once.</param>
    /// <param name="names">What the rule names.</param>
    public static Judged Read(
        string answer,
        string body,
        string claims = "{}",
        bool isEventStream = false,
        int piece = int.MaxValue,
        string names = "tools: [get]",
        string method = McpMethods.CallTool,
        string name = "get"
    ) =>
        Read(
            PolicyFile.Settings($"{{name: a, effect: allow, {names}, answer: {{{answer}}}}}"),
            Encoding.UTF8.GetBytes(body),
            claims,
            isEventStream,
            piece,
            method,
            name
        );

    public static Judged Read(
        PolicySettings settings,
        byte[] body,
        string claims = "{}",
        bool isEventStream = false,
        int piece = int.MaxValue,
        string method = McpMethods.CallTool,
        string name = "get",
        PinnedSchema? output = null
    )
    {
        var rules = Compile(settings);
        var caller = new Caller(Caller() with { Claims = Claims(claims) });
        var kind =
            method == McpMethods.ReadResource ? TargetKind.Resource
            : method is McpMethods.GetPrompt or McpMethods.Complete ? TargetKind.Prompt
            : TargetKind.Tool;
        var shape = rules.FindAnswer(kind, name, caller, null);
        var call = new JudgedCall(
            shape.ShouldNotBeNull(),
            method,
            "1"u8.ToArray(),
            kind == TargetKind.Resource ? name : "",
            IsModern: false,
            caller,
            rules,
            () => "key"u8.ToArray(),
            output
        );
        var judge = new AnswerJudge(call, new MessageFilter(rules, caller, hasLists: false, isModern: false));
        judge.Begin(isEventStream);
        var most = 0L;
        for (var at = 0; at < body.Length; at += Math.Min(piece, body.Length))
        {
            judge.Read(body.AsSpan(at, Math.Min(piece, body.Length - at)));
            most = Math.Max(most, judge.HeldBytes);
        }

        judge.Finish();
        var judged = new Judged(
            Encoding.UTF8.GetString(judge.Output.Span),
            judge.Failure?.Reason,
            judge.Problem,
            judge.Counts,
            most
        );
        judge.Release();
        return judged;
    }
}
