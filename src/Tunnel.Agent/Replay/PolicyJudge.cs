using System.Text;
using System.Text.Json;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Replay;

/// <summary>Decides recorded calls with the agent's compiled rules under <c>enforce</c>. Limits do not apply.</summary>
internal sealed class PolicyJudge
{
    private const int MaxShownCharacters = 2000;

    // The word of a case under "withheld" for a finding that waits for a person.
    private const string Waits = "approval";

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 2 * FindingWriter.MaxDepth };
    private static readonly byte[] Id = "1"u8.ToArray();

    // The agent's key does not leave its machine: a mask that is a hash is another one here.
    private static readonly byte[] HashKey = new byte[32];

    private readonly Dictionary<string, RouteJudge> routes;

    public PolicyJudge(AgentSettings settings)
    {
        routes = settings.Routes.ToDictionary(
            route => route.Name,
            route => new RouteJudge(
                route.Policy,
                new CompiledPolicy(
                    route.Policy,
                    name => settings.Issuers.First(issuer => issuer.Name == name).Issuer,
                    route.Oauth.ScopeHierarchy
                )
            ),
            StringComparer.Ordinal
        );
    }

    public Judgement Decide(RecordedCall call)
    {
        if (!routes.TryGetValue(call.Route, out var route))
        {
            return Judgement.Unknown("the configuration has no such route");
        }

        if (route.Settings.Mode is PolicyMode.Off or PolicyMode.Record)
        {
            return new Judgement(true, "", Decision.NoPolicy);
        }

        if (call.Gap.Length > 0)
        {
            return Judgement.Unknown(call.Gap);
        }

        if (route.Settings.Rules.Any(rule => !rule.Sources.IsEmpty || rule.Workloads.Count > 0))
        {
            return Judgement.Unknown("a rule asks where calls come from, which the record does not say");
        }

        using var arguments = call.Arguments is { } written ? new CallArguments(written) : null;
        var decision = route.Rules.DecideMessage(
            call.Method,
            call.Kind,
            call.Name,
            [],
            new Caller(call.Principal, Via: call.Via),
            arguments
        );
        if (arguments is null && decision is { IsAllowed: true, Rule.HasConditions: true })
        {
            return Judgement.Unknown("a rule asks for arguments, whose values the record does not have");
        }

        return new Judgement(decision.IsAllowed, decision.Rule?.Name ?? "", decision.Reason);
    }

    /// <summary>
    /// The answer rules for a recorded call whose arguments are as the rules require; null: none judge its answer, or the
    /// record does not have enough data.
    /// </summary>
    public (AnswerShape Shape, IReadOnlyList<PolicyRule> Rules)? FindAnswerRules(RecordedCall call)
    {
        if (
            call is not { Kind: { } kind, Gap: "", Method: McpMethods.CallTool or McpMethods.ReadResource }
            || !routes.TryGetValue(call.Route, out var route)
            || route.Settings.Mode is PolicyMode.Off or PolicyMode.Record
            || Decide(call).IsAllowed == false
        )
        {
            return null;
        }

        var caller = new Caller(call.Principal);
        return route.Rules.FindAnswer(kind, call.Name, caller, null) is { } shape
            ? (shape, route.Rules.FindAnswerRules(kind, call.Name, caller, null))
            : null;
    }

    /// <summary>How what crosses of a case's answer differs from what the case says; null without a difference.</summary>
    public string? FindDifference(RecordedCall call)
    {
        if (call is not { Answer: { } answer, Kind: { } kind })
        {
            return null;
        }

        var route = routes[call.Route];
        var caller = new Caller(call.Principal, Via: call.Via);
        using var arguments = call.Arguments is { } written ? new CallArguments(written) : null;
        var judges = route.Settings.Mode is PolicyMode.Off or PolicyMode.Record
            ? []
            : route.Rules.FindAnswerRules(kind, call.Name, caller, arguments);
        var (finding, problem) = Judge(call, answer, judges, route.Rules, caller);
        if (
            finding is { } found && answer.Finding is { } wanted
                ? JsonElement.DeepEquals(found, wanted)
                : problem == answer.Withheld
        )
        {
            return null;
        }

        var by =
            judges.Count > 0 ? $"answer rules {string.Join(", ", judges.Select(rule => rule.Name))}" : "no answer rule";
        return $"expected {Describe(answer.Finding, answer.Withheld)}, got {Describe(finding, problem)} ({by})";
    }

    // The structured part that crosses, or why nothing does; both for one that crosses after a person has approved it.
    private static (JsonElement? Finding, string Problem) Judge(
        RecordedCall call,
        CaseAnswer answer,
        IReadOnlyList<PolicyRule> judges,
        CompiledPolicy rules,
        Caller caller
    )
    {
        if (judges.Count == 0)
        {
            return (FindStructured(JsonElement.Parse(answer.Result, Deep)), "");
        }

        var judged = new JudgedCall(
            new AnswerShape([.. judges.Select(rule => rule.Answer!)]),
            call.Method,
            Id,
            call.Kind == TargetKind.Resource ? call.Name : "",
            IsModern: false,
            caller,
            rules,
            () => HashKey
        );
        var judge = new AnswerJudge(judged, new MessageFilter(rules, caller, hasLists: false, isModern: false));
        judge.Begin(isEventStream: false);
        judge.Read(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"result":{{answer.Result}}}"""));
        judge.Finish();
        var waiting = judge.Waiting;
        if (waiting is not null)
        {
            judge.Approve(waiting);
        }

        var finding =
            judge.Problem.Length == 0
                ? FindStructured(JsonElement.Parse(judge.Output.Span, Deep).GetProperty("result"))
                : (JsonElement?)null;
        judge.Release();
        return (finding, waiting is null ? judge.Problem : Waits);
    }

    // Structured content, or JSON that is the text of the first item, or else the whole result.
    private static JsonElement FindStructured(JsonElement result)
    {
        if (result.TryGetProperty("structuredContent", out var structured))
        {
            return structured;
        }

        var hasItems = result.TryGetProperty("contents", out var items) || result.TryGetProperty("content", out items);
        if (
            hasItems
            && items.ValueKind == JsonValueKind.Array
            && items.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first
            && first.TryGetProperty("text", out var text)
            && text.ValueKind == JsonValueKind.String
        )
        {
            try
            {
                return JsonElement.Parse(text.GetString()!, Deep);
            }
            catch (JsonException)
            {
                return result;
            }
        }

        return result;
    }

    private static string Describe(JsonElement? finding, string problem) =>
        finding is { } value
            ? $"the finding {ConfigText.Printable(value.GetRawText(), MaxShownCharacters)}{(problem == Waits ? " after an approval" : "")}"
            : $"withheld {ConfigText.Printable(problem)}";

    private sealed record RouteJudge(PolicySettings Settings, CompiledPolicy Rules);
}
