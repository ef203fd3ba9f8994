using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.Text;

/// <summary>The audit record is a contract: the page documents what the service writes.</summary>
public sealed partial class AuditFieldsTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs/audit-fields.md"));

    // Their members are not the service's own.
    private static readonly string[] Foreign = ["claims", "jwks", "matchers", "sealed_anew"];

    [Fact]
    public void Event_ThatTheServiceWrites_IsInThePage()
    {
        var sources = ServiceSources().Select(File.ReadAllText).ToList();
        var undocumented = Constant()
            .Matches(sources.Single(s => s.Contains("class AuditEvents", StringComparison.Ordinal)))
            .Where(m =>
                sources.Any(s => s.Contains($"AuditEvents.{m.Groups["field"].Value}", StringComparison.Ordinal))
            )
            .Select(m => m.Groups["name"].Value)
            .Where(name => !IsInPage(name));

        undocumented.ShouldBeEmpty();
    }

    // The golden file has every event with all its members.
    [Fact]
    public void Field_OfAnyEvent_IsInThePage()
    {
        var undocumented = File.ReadLines(Repository.PathOf("tests/Identity.Service.Tests/Events/audit-events.jsonl"))
            .Select(line => JsonNode.Parse(line)!)
            .SelectMany(audited =>
                Members(audited["event_data"]).Select(name => (Event: (string?)audited["event"], Name: name))
            )
            .Where(m => !Page.Contains($"`{m.Name}`", StringComparison.Ordinal))
            .Select(m => $"{m.Name} of {m.Event}")
            .Distinct();

        undocumented.ShouldBeEmpty();
    }

    private static IEnumerable<string> Members(JsonNode? node) =>
        node switch
        {
            JsonObject members => members.SelectMany(member =>
                Foreign.Contains(member.Key) ? [member.Key] : Members(member.Value).Prepend(member.Key)
            ),
            JsonArray items => items.SelectMany(Members),
            _ => [],
        };

    private static IEnumerable<string> ServiceSources() =>
        Repository
            .Sources()
            .Where(file => file.StartsWith(Repository.PathOf("src/Identity.Service"), StringComparison.Ordinal));

    /// <summary>Written out, or as one of a family: <c>a_b_created</c>, <c>…_updated</c>.</summary>
    private static bool IsInPage(string name) =>
        Page.Contains($"`{name}`", StringComparison.Ordinal)
        || Enumerable
            .Range(0, name.Length)
            .Where(i => name[i] == '_')
            .Any(i =>
                Page.Contains($"`…{name[i..]}`", StringComparison.Ordinal)
                && Page.Contains($"`{name[..i]}_created`", StringComparison.Ordinal)
            );

    [GeneratedRegex("const string (?<field>\\w+) = \"(?<name>[a-z_]+)\"")]
    private static partial Regex Constant();
}
